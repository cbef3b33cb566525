package dev.drover.cloud.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/** The HTTP listeners of the local cloud. What they serve is not encrypted: they belong on an address that this machine alone reaches. */
final class Listener {
    private static final int BODY_LIMIT = 1 << 20;

    static {
        // Read once by the JDK's server: without the first, small answers wait 40 ms for a delayed acknowledgement.
        property("sun.net.httpserver.nodelay", "true");
        property("sun.net.httpserver.maxReqTime", "30");
        property("sun.net.httpserver.maxRspTime", "30");
    }

    private Listener() {}

    private static void property(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    /** Starts to listen on {@code port} of {@code bind}, 0 for any free one. */
    static HttpServer listen(String bind, int port, HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral(bind), port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            try (exchange) {
                handler.handle(exchange);
            }
        });
        server.start();
        return server;
    }

    /** The body, whole. Throws a {@link Problem} when it is larger than 1 MiB. */
    static byte[] body(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readNBytes(BODY_LIMIT + 1);
        if (bytes.length > BODY_LIMIT) {
            throw new Problem(413, "the body is larger than the limit of " + BODY_LIMIT + " bytes");
        }
        return bytes;
    }

    static void answer(HttpExchange exchange, int status, String contentType, byte[] body) throws IOException {
        boolean bodiless = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
        if (!bodiless) {
            exchange.getResponseHeaders().set("Content-Type", contentType);
        }
        // A length of -1 says that there is no body; 0 would say chunks.
        exchange.sendResponseHeaders(status, bodiless ? -1 : body.length);
        if (!bodiless) {
            exchange.getResponseBody().write(body);
        }
    }
}
