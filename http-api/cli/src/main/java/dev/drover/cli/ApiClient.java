package dev.drover.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.drover.cli.Servers.Repeat;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.spec.SpecProblem;
import dev.drover.protocol.tls.TlsException;
import dev.drover.protocol.tls.TrustedCa;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
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
    private final Servers servers;
    private final HttpClient http;

    /** Says to {@code err} when one server is left for another. */
    ApiClient(Target target, PrintWriter err) {
        this.target = target;
        this.servers = new Servers(target.urls(), Patience.ofPeople(), this::advice, err);
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
        return send("GET", path, "");
    }

    /** Whether there is something at that address. */
    boolean exists(String path) {
        HttpResponse<String> answer = ask(Repeat.FREELY, "GET", path, "", Map.of());
        return answer.statusCode() != 404 && !json(answer).isMissingNode();
    }

    /** Asks what may be asked twice: it may have been done already by a server that did not answer. */
    JsonNode send(String method, String path, String body) {
        return json(ask(Repeat.FREELY, method, path, body, Map.of()));
    }

    /** Asks what must not be done twice. */
    JsonNode sendOnce(String method, String path, String body) {
        return json(ask(Repeat.UNLESS_IT_ARRIVED, method, path, body, Map.of()));
    }

    /** Asks for a job under a key, which makes it one job however often it is asked; the answer, whatever its status. */
    HttpResponse<String> submit(String body, String key) {
        return ask(Repeat.FREELY, "POST", "/v1/jobs", body, Map.of("Idempotency-Key", key));
    }

    private HttpResponse<String> ask(
            Repeat repeat, String method, String path, String body, Map<String, String> headers) {
        return servers.ask(
                repeat, server -> http(request(server, method, path, body, headers), BodyHandlers.ofString()));
    }

    private HttpRequest request(URI server, String method, String path, String body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                .timeout(ANSWER)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!target.token().isEmpty()) {
            request.header("Authorization", "Bearer " + target.token());
        }
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        return request.build();
    }

    private <B> HttpResponse<B> http(HttpRequest request, BodyHandler<B> body) throws IOException {
        try {
            return http.send(request, body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCodes.UNREACHABLE, "interrupted", e);
        }
    }

    /** A body that comes bit by bit, and may break off. A sole server that is away is waited for, too. */
    InputStream open(String path, Map<String, String> headers) {
        BodyHandler<InputStream> body = answer -> answer.statusCode() < 300
                ? BodySubscribers.ofInputStream()
                : BodySubscribers.mapping(BodySubscribers.ofByteArray(), ByteArrayInputStream::new);
        HttpResponse<InputStream> answer =
                servers.ask(Repeat.EVEN_IF_ALONE, server -> http(request(server, "GET", path, "", headers), body));
        if (answer.statusCode() < 300) {
            return answer.body();
        }
        try (InputStream refusal = answer.body()) {
            throw refused(answer.statusCode(), new String(refusal.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory", e);
        }
    }

    JsonNode json(HttpResponse<String> answer) {
        if (answer.statusCode() < 300) {
            return parse(answer.body());
        }
        throw refused(answer.statusCode(), answer.body());
    }

    private CliException refused(int status, String text) {
        if (status == 401 && target.token().isEmpty()) {
            return new CliException(
                    ExitCodes.UNREACHABLE,
                    target.named() + " asks for a token; set --token or DROVER_TOKEN (those in --home are sent only to"
                            + " the server they are of)");
        }
        boolean serverAtFault = status == 401 || status == 403 || status >= 500;
        return new CliException(
                serverAtFault ? ExitCodes.UNREACHABLE : ExitCodes.BAD_INPUT, Problems.text(status, text));
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
        if (message.contains(Servers.NO_HTTP) || message.contains("header parser received no bytes")) {
            return "what answers there is no plain http; if it is https, use https://";
        }
        return "is it running? './drover up' starts one here";
    }

    static String cause(IOException e) {
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
