package dev.drover.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Answers as it was told, in that order; the last answer to an address stays. Remembers what it was asked. */
final class FakeServer implements AutoCloseable {
    static final String TOKEN = "secret";

    private final HttpServer server;
    private final String scheme;
    private final Map<String, Deque<Answer>> answers = new HashMap<>();
    private final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());

    FakeServer() {
        this(Optional.empty());
    }

    /** One that speaks https where there is {@code tls}. */
    FakeServer(Optional<SSLContext> tls) {
        scheme = tls.isPresent() ? "https" : "http";
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try {
            if (tls.isPresent()) {
                HttpsServer secured = HttpsServer.create(anyPort, 0);
                secured.setHttpsConfigurator(new HttpsConfigurator(tls.get()));
                server = secured;
            } else {
                server = HttpServer.create(anyPort, 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return scheme + "://127.0.0.1:" + server.getAddress().getPort();
    }

    FakeServer answer(String request, int status, String body) {
        answers.computeIfAbsent(request, ignored -> new ArrayDeque<>()).add(new Answer(status, body, 0));
        return this;
    }

    /** An answer that breaks off after {@code body}, as when the server dies. */
    FakeServer broken(String request, String body) {
        answers.computeIfAbsent(request, ignored -> new ArrayDeque<>()).add(new Answer(200, body, 1));
        return this;
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Map<String, String> headers = new HashMap<>();
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, String.join(",", values)));
            asked.add(new Asked(request, body, headers));
            Answer answer = next(request);
            if (!("Bearer " + TOKEN).equals(headers.get("Authorization"))) {
                answer = new Answer(401, "{\"detail\": \"the token sent is not known here\", \"errors\": []}", 0);
            }
            byte[] content = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Retry-After", "0");
            exchange.sendResponseHeaders(answer.status(), content.length == 0 ? -1 : content.length + answer.missing());
            exchange.getResponseBody().write(content);
            exchange.getResponseBody().flush();
        }
    }

    private Answer next(String request) {
        Deque<Answer> left = answers.getOrDefault(request, new ArrayDeque<>());
        Answer answer = left.size() > 1 ? left.pollFirst() : left.peekFirst();
        return answer == null
                ? new Answer(404, "{\"detail\": \"there is no " + request + "\", \"errors\": []}", 0)
                : answer;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** What a request was. */
    record Asked(String request, String body, Map<String, String> headers) {}

    /** An answer; {@code missing} bytes were promised and never come. */
    private record Answer(int status, String body, int missing) {}
}
