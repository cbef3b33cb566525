package dev.drover.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.spec.SpecProblem;
import dev.drover.protocol.tls.TlsException;
import dev.drover.protocol.tls.TrustedCa;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** Asks the API. Errors end the command: with 2 where the input is at fault, with 3 where the server is. */
final class ApiClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final Target target;
    private final HttpClient http;

    ApiClient(Target target) {
        this.target = target;
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(CONNECT);
        target.ca().map(ApiClient::trusting).ifPresent(client::sslContext);
        this.http = client.build();
    }

    private static SSLContext trusting(Path ca) {
        try {
            return TrustedCa.file(ca);
        } catch (TlsException e) {
            throw new CliException(ExitCodes.BAD_INPUT, "ca: " + e.getMessage(), e);
        }
    }

    JsonNode get(String path) {
        return json(send("GET", path, "", Map.of()));
    }

    /** Whether there is something at that address. */
    boolean exists(String path) {
        HttpResponse<InputStream> response = send("GET", path, "", Map.of());
        return response.statusCode() != 404 && !json(response).isMissingNode();
    }

    JsonNode send(String method, String path, String body) {
        return json(send(method, path, body, Map.of()));
    }

    /** The answer, whatever its status. */
    HttpResponse<InputStream> send(String method, String path, String body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target.url() + path))
                .timeout(ANSWER)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!target.token().isEmpty()) {
            request.header("Authorization", "Bearer " + target.token());
        }
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new CliException(
                    ExitCodes.UNREACHABLE, "can't reach " + target.url() + " (" + cause(e) + "); " + advice(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCodes.UNREACHABLE, "interrupted", e);
        }
    }

    /** A body that comes bit by bit. */
    InputStream open(String path, Map<String, String> headers) {
        return successful(send("GET", path, "", headers)).body();
    }

    JsonNode json(HttpResponse<InputStream> response) {
        return parse(text(successful(response)));
    }

    private HttpResponse<InputStream> successful(HttpResponse<InputStream> response) {
        int status = response.statusCode();
        if (status < 300) {
            return response;
        }
        String text = text(response);
        if (status == 401 && target.token().isEmpty()) {
            throw new CliException(
                    ExitCodes.UNREACHABLE,
                    target.url() + " asks for a token; set --token or DROVER_TOKEN (those in --home are sent only to"
                            + " the server they are of)");
        }
        boolean serverAtFault = status == 401 || status == 403 || status >= 500;
        throw new CliException(
                serverAtFault ? ExitCodes.UNREACHABLE : ExitCodes.BAD_INPUT, Problems.text(status, text));
    }

    static String text(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CliException(ExitCodes.UNREACHABLE, "the answer broke off: " + cause(e), e);
        }
    }

    private static JsonNode parse(String text) {
        try {
            return text.isBlank()
                    ? MissingNode.getInstance()
                    : DroverJson.mapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new CliException(ExitCodes.UNREACHABLE, "the answer is no JSON; is this address a Drover server?", e);
        }
    }

    /** What the reader can do about it. */
    private String advice(IOException e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof SSLException && message.contains("plaintext")) {
            return "it speaks plain http at this port: use http://";
        }
        if (message.contains("No subject alternative names") || message.contains("No name matching")) {
            return "its certificate is for another host: use the name or address that it is for";
        }
        if (e instanceof SSLHandshakeException) {
            return target.ca()
                    .map(file ->
                            "its certificate is not of the CA in " + file + ": give its own with --ca or DROVER_CA")
                    .orElse(
                            "its certificate is of no CA that this machine trusts: give its own with --ca or DROVER_CA");
        }
        if (message.contains("status line") || message.contains("header parser received no bytes")) {
            return "what answers there is no plain http; if it is https, use https://";
        }
        return "is it running? './drover up' starts one here";
    }

    private static String cause(IOException e) {
        String message = e.getMessage();
        return e.getClass().getSimpleName() + (message == null ? "" : ": " + message.replaceAll("\\p{Cntrl}", ""));
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** Says what a problem document says, for people. */
    static final class Problems {
        private Problems() {}

        static String text(int status, String body) {
            try {
                JsonNode problem = DroverJson.mapper().readTree(body);
                if (!problem.path("errors").isEmpty()) {
                    return problem.path("errors")
                            .valueStream()
                            .map(Problems::message)
                            .collect(Collectors.joining("\n"));
                }
                String detail = problem.path("detail").asText();
                return detail.isEmpty() ? "the server answered " + status : detail;
            } catch (JsonProcessingException e) {
                return "the server answered " + status;
            }
        }

        private static String message(JsonNode error) {
            return new SpecProblem(
                            error.path("field").asText(),
                            error.path("value").asText(),
                            error.path("allowed").asText())
                    .message();
        }
    }
}
