package dev.drover.agent.eviction;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads an instance's metadata server in one cloud's dialect: a session token by PUT, then GETs that carry it.
 *
 * <p>Not thread-safe. Calls block, for two seconds at most.
 */
public final class MetadataClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Pattern TOKEN = Pattern.compile("[!-~]+");
    private static final String TOKEN_SECONDS = "21600";
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    private final HttpClient http;
    private final URI base;
    private final Dialect dialect;
    private Optional<String> token = Optional.empty();

    public MetadataClient(HttpClient http, URI base, Dialect dialect) {
        this.http = http;
        this.base = base;
        this.dialect = dialect;
    }

    /** How a cloud names its headers. */
    public enum Dialect {
        AWS("X-aws-ec2-metadata-token"),
        ALIBABA("X-aliyun-ecs-metadata-token");

        private final String header;

        Dialect(String header) {
            this.header = header;
        }
    }

    /**
     * The text at {@code path}; empty where the server has none.
     *
     * @throws IOException when the server can't be reached or gives an answer that says neither
     */
    public Optional<String> get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = ask(path);
        if (answer.statusCode() == UNAUTHORIZED || answer.statusCode() == FORBIDDEN) {
            token = Optional.empty();
            answer = ask(path);
        }
        return switch (answer.statusCode()) {
            case OK -> Optional.of(answer.body());
            case NOT_FOUND -> Optional.empty();
            default -> throw new IOException("GET " + base.resolve(path) + " was answered " + answer.statusCode());
        };
    }

    private HttpResponse<String> ask(String path) throws IOException, InterruptedException {
        if (token.isEmpty()) {
            token = Optional.of(newToken());
        }
        HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(TIMEOUT)
                .header(dialect.header, token.get())
                .GET()
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private String newToken() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(base.resolve("/latest/api/token"))
                .timeout(TIMEOUT)
                .header(dialect.header + "-ttl-seconds", TOKEN_SECONDS)
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != OK) {
            throw new IOException("PUT " + request.uri() + " was answered " + answer.statusCode());
        }
        String given = answer.body().strip();
        if (!TOKEN.matcher(given).matches()) {
            throw new IOException("PUT " + request.uri() + " gave no token");
        }
        return given;
    }
}
