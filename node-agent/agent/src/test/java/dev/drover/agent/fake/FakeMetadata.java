package dev.drover.agent.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A metadata server that speaks both clouds' dialects, and insists on a token. */
public final class FakeMetadata implements AutoCloseable {
    private static final String TOKEN = "session-token";

    private final AtomicInteger asked = new AtomicInteger();
    private volatile String given = TOKEN + "\n";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, String> texts = new ConcurrentHashMap<>();

    public FakeMetadata() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** From now on tokens are no tokens, or they are again. */
    public void broken(boolean now) {
        given = now ? "no\u0001token" : TOKEN;
    }

    /** From now on {@code path} has {@code text}. */
    public void set(String path, String text) {
        texts.put(path, text);
    }

    /** From now on there is nothing at {@code path}. */
    public void remove(String path) {
        texts.remove(path);
    }

    /** How often it was asked anything. */
    public int asked() {
        return asked.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        String path = exchange.getRequestURI().getPath();
        String header = path.contains("instance/spot") ? "X-aliyun-ecs-metadata-token" : "X-aws-ec2-metadata-token";
        if (path.equals("/latest/api/token")) {
            boolean asked = exchange.getRequestMethod().equals("PUT")
                    && (exchange.getRequestHeaders().containsKey("X-aws-ec2-metadata-token-ttl-seconds")
                            || exchange.getRequestHeaders().containsKey("X-aliyun-ecs-metadata-token-ttl-seconds"));
            respond(exchange, asked ? 200 : 400, given);
        } else if (!TOKEN.equals(exchange.getRequestHeaders().getFirst(header))) {
            respond(exchange, 401, "");
        } else {
            String text = texts.get(path);
            respond(exchange, text == null ? 404 : 200, text == null ? "" : text);
        }
    }

    private static void respond(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
