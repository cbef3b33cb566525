package dev.drover.cloud.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.drover.cloud.CloudException;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Calls to the local cloud of a directory.
 *
 * <p>The endpoint is read at each call, so that a cloud that was restarted elsewhere is found without further ado.
 */
final class LocalCloudClient implements AutoCloseable {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(20);

    private final Path directory;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .build();

    LocalCloudClient(Path directory) {
        this.directory = directory;
    }

    /** A status below 400, or 404, with its body. */
    record Reply(int status, String body) {
        boolean isFound() {
            return status != 404;
        }

        <T> T as(TypeReference<T> type) {
            try {
                return DroverJson.fromPeers().readValue(body, type);
            } catch (IOException e) {
                throw new CloudException("the local cloud answered what can't be read: " + e.getMessage(), e);
            }
        }

        String detail() {
            return as(new TypeReference<Problem.Body>() {}).detail();
        }
    }

    /**
     * Makes one call.
     *
     * @throws CloudException if the cloud could not be reached or failed
     * @throws IllegalArgumentException if it refused the request as wrong, in its words
     */
    Reply call(String method, String path, @Nullable Object body) {
        Endpoint endpoint = endpoint();
        HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint.url() + path))
                .timeout(CALL_LIMIT)
                .header("Authorization", "Bearer " + endpoint.token())
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : publish(body))
                .build();
        Reply reply = send(request, method + " " + path, endpoint);
        if (reply.status() < 400 || reply.status() == 404) {
            return reply;
        }
        // 401: another process took the port of a cloud that died, or the cloud has just been restarted.
        if (reply.status() >= 500 || reply.status() == 401) {
            throw new CloudException("%s %s at %s failed with %d".formatted(method, path, endpoint, reply.status()));
        }
        throw new IllegalArgumentException("the local cloud refused %s %s: %s".formatted(method, path, reply.detail()));
    }

    private Reply send(HttpRequest request, String what, Endpoint endpoint) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new CloudException(
                    "%s: no answer from the local cloud at %s: %s; is it running?".formatted(what, endpoint, e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CloudException(what + " was interrupted; its outcome is not known", e);
        }
    }

    private Endpoint endpoint() {
        try {
            Optional<Endpoint> endpoint = Endpoint.read(directory);
            return endpoint.orElseThrow(() -> new CloudException(
                    "no local cloud runs in " + directory + ": there is no endpoint.json; start it"));
        } catch (IOException e) {
            throw new CloudException("the endpoint of the local cloud can't be read: " + e.getMessage(), e);
        }
    }

    private static HttpRequest.BodyPublisher publish(Object body) {
        try {
            return HttpRequest.BodyPublishers.ofByteArray(DroverJson.mapper().writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("can't write " + body.getClass().getSimpleName() + " as JSON", e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
