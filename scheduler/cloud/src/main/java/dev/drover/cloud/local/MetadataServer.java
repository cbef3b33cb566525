package dev.drover.cloud.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The metadata server of one instance, on a port of its own.
 *
 * <p>Speaks AWS' IMDSv2 and Alibaba's hardened mode at once: a session token first, then the documents.
 */
final class MetadataServer implements AutoCloseable {
    private static final String AWS = "X-aws-ec2-metadata-token";
    private static final String ALIBABA = "X-aliyun-ecs-metadata-token";
    private static final String TTL = "-ttl-seconds";
    private static final int LONGEST_TTL = 21_600;

    /** Below the ports that systems give to outgoing connections, so that none takes one while the cloud is down. */
    private static final int FIRST_PORT = 20_000;

    private static final int PORTS = 10_000;

    private final HttpServer server;

    private MetadataServer(HttpServer server) {
        this.server = server;
    }

    /** What a server needs to know; the record is asked for at each request. */
    record Subject(Supplier<InstanceRecord> record, String userData, MetadataTokens tokens, InstantSource clock) {}

    /** Listens on {@code port} of {@code bind} and no other. */
    static MetadataServer listen(String bind, int port, Subject subject) throws IOException {
        return new MetadataServer(Listener.listen(bind, port, exchange -> handle(exchange, subject)));
    }

    /** Listens on a free port; {@code salt} chooses where the search begins. */
    static MetadataServer listenAnywhere(String bind, long salt, Subject subject) throws IOException {
        int start = (int) Math.floorMod(SeededSeries.mix(salt), (long) PORTS);
        for (int i = 0; i < PORTS; i++) {
            try {
                return listen(bind, FIRST_PORT + (start + i) % PORTS, subject);
            } catch (BindException e) {
                // Taken: the next one, then.
            }
        }
        throw new BindException(
                "no free port from %d to %d for a metadata server".formatted(FIRST_PORT, FIRST_PORT + PORTS - 1));
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static void handle(HttpExchange exchange, Subject subject) throws IOException {
        String path = exchange.getRequestURI().getPath();
        switch (exchange.getRequestMethod()) {
            case "PUT" -> {
                if (path.equals("/latest/api/token")) {
                    issue(exchange, subject);
                } else {
                    text(exchange, 405, "");
                }
            }
            case "GET", "HEAD" -> read(exchange, subject, path);
            default -> text(exchange, 405, "");
        }
    }

    private static void issue(HttpExchange exchange, Subject subject) throws IOException {
        // A request that came through a proxy is not the instance's own: AWS refuses it, too.
        if (exchange.getRequestHeaders().containsKey("X-Forwarded-For")) {
            text(exchange, 403, "");
            return;
        }
        String asked = header(exchange, AWS + TTL, ALIBABA + TTL);
        if (asked == null || !asked.matches("\\d{1,5}")) {
            text(exchange, 400, "header " + AWS + TTL + " must be 1 to " + LONGEST_TTL);
            return;
        }
        int seconds = Integer.parseInt(asked);
        if (seconds < 1 || seconds > LONGEST_TTL) {
            text(exchange, 400, "header " + AWS + TTL + " must be 1 to " + LONGEST_TTL);
            return;
        }
        String token = subject.tokens().issue(subject.clock().instant(), Duration.ofSeconds(seconds));
        exchange.getResponseHeaders().set(AWS + TTL, asked);
        text(exchange, 200, token);
    }

    private static void read(HttpExchange exchange, Subject subject, String path) throws IOException {
        String token = header(exchange, AWS, ALIBABA);
        if (token == null || !subject.tokens().accepts(token, subject.clock().instant())) {
            text(exchange, 401, "");
            return;
        }
        Optional<String> document = MetadataDocument.at(
                path,
                subject.record().get(),
                subject.userData(),
                exchange.getRemoteAddress().getAddress().getHostAddress());
        text(exchange, document.isPresent() ? 200 : 404, document.orElse(""));
    }

    private static @Nullable String header(HttpExchange exchange, String one, String other) {
        String value = exchange.getRequestHeaders().getFirst(one);
        return value == null ? exchange.getRequestHeaders().getFirst(other) : value;
    }

    private static void text(HttpExchange exchange, int status, String text) throws IOException {
        Listener.answer(exchange, status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }
}
