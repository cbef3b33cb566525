package dev.drover.cloud.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.drover.cloud.LaunchRequest;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local cloud's API: JSON in, JSON out, a bearer token for every call, problems as RFC 9457.
 *
 * <p>{@code GET /offers}, {@code POST /launches}, {@code GET /instances[?owner=]}, {@code GET|DELETE /instances/NODE?owner=},
 * {@code POST /instances/NODE/eviction}, {@code PUT|DELETE /instances/NODE/rebalance}, {@code PUT|DELETE /capacity}, {@code PUT|DELETE /price}, {@code PUT|DELETE /answers}, {@code GET /billing},
 * {@code GET|DELETE /cloud}.
 */
public final class LocalCloudServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCloudServer.class);

    private final LocalCloud cloud;
    private final Path directory;
    private final Runnable onStop;
    private final Endpoint endpoint;
    private final HttpServer server;

    /** How long calls that change something are kept waiting, to get no answer then; empty for a cloud that answers. */
    private volatile Optional<Duration> answersLost = Optional.empty();

    private LocalCloudServer(LocalCloud cloud, Path directory, String bind, Runnable onStop) throws IOException {
        this.cloud = cloud;
        this.directory = directory;
        this.onStop = onStop;
        this.server = Listener.listen(bind, 0, this::handle);
        byte[] token = new byte[32];
        new SecureRandom().nextBytes(token);
        this.endpoint = new Endpoint(
                "http://" + bind + ":" + server.getAddress().getPort(),
                HexFormat.of().formatHex(token),
                ProcessHandle.current().pid());
    }

    /**
     * Listens on a free port of {@code bind} and writes {@code endpoint.json} into the cloud's directory.
     *
     * @param onStop called when somebody asks the cloud to end
     */
    public static LocalCloudServer start(LocalCloud cloud, Path directory, String bind, Runnable onStop)
            throws IOException {
        LocalCloudServer server = new LocalCloudServer(cloud, directory, bind, onStop);
        server.endpoint.write(directory);
        return server;
    }

    @Override
    public void close() throws IOException {
        server.stop(0);
        Endpoint.remove(directory);
    }

    /** @param body {@code null} for none */
    private record Answer(int status, @Nullable Object body, boolean stops) {
        Answer(int status, @Nullable Object body) {
            this(status, body, false);
        }

        static Answer ok(Object body) {
            return new Answer(200, body);
        }

        static Answer done() {
            return new Answer(204, null);
        }
    }

    private record About(String name, long pid, long seed, Instant epoch, int living) {}

    private void handle(HttpExchange exchange) throws IOException {
        Answer answer;
        try {
            authorize(exchange);
            answer = route(exchange);
        } catch (Problem problem) {
            answer = new Answer(problem.status(), problem.body());
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
            answer = new Answer(500, new Problem(500, String.valueOf(e.getMessage())).body());
        }
        Optional<Duration> lost = answersLost.filter(ignored -> isWork(exchange));
        if (lost.isPresent()) {
            pause(lost.get());
            return;
        }
        byte[] bytes = answer.body() == null ? new byte[0] : DroverJson.mapper().writeValueAsBytes(answer.body());
        Listener.answer(
                exchange,
                answer.status(),
                answer.body() instanceof Problem.Body ? "application/problem+json" : "application/json",
                bytes);
        // Only now: who asked is to hear that it was heard.
        if (answer.stops()) {
            onStop.run();
        }
    }

    /** Whether it launches or ends an instance. */
    private static boolean isWork(HttpExchange exchange) {
        String call =
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        return call.equals("POST /launches") || call.matches("DELETE /instances/[^/]+");
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void authorize(HttpExchange exchange) {
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        byte[] wanted = ("Bearer " + endpoint.token()).getBytes(StandardCharsets.UTF_8);
        if (given == null || !MessageDigest.isEqual(wanted, given.getBytes(StandardCharsets.UTF_8))) {
            throw new Problem(401, "send the header 'Authorization: Bearer TOKEN' with the token of endpoint.json");
        }
    }

    private Answer route(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        List<String> parts = List.of(path.substring(1).split("/", -1));
        return switch (parts.getFirst()) {
            case "instances" -> instances(exchange, parts);
            case "offers", "launches", "capacity", "price", "answers", "billing", "cloud" -> {
                if (parts.size() > 1) {
                    throw unknown(path);
                }
                yield resource(exchange, parts.getFirst());
            }
            default -> throw unknown(path);
        };
    }

    private Answer resource(HttpExchange exchange, String name) throws IOException {
        return switch (exchange.getRequestMethod() + " " + name) {
            case "GET offers" -> Answer.ok(cloud.offers());
            case "POST launches" ->
                Answer.ok(cloud.launch(JsonBody.fromPeer(Listener.body(exchange), LaunchRequest.class)));
            case "PUT capacity" -> setCapacity(body(exchange, Faults.SetCapacity.class));
            case "DELETE capacity" -> {
                cloud.clearCapacity(body(exchange, Faults.SetBack.class).markets());
                yield Answer.done();
            }
            case "PUT price" -> {
                Faults.SetPrice asked = body(exchange, Faults.SetPrice.class);
                if (asked.pricePerHour().amount().signum() < 0) {
                    throw new Problem(400, "pricePerHour: " + asked.pricePerHour() + " is not allowed; use 0 or more");
                }
                cloud.setPrice(asked.markets(), asked.pricePerHour());
                yield Answer.done();
            }
            case "DELETE price" -> {
                cloud.clearPrice(body(exchange, Faults.SetBack.class).markets());
                yield Answer.done();
            }
            case "PUT answers" -> {
                answersLost =
                        Optional.of(body(exchange, Faults.LoseAnswers.class).after());
                yield Answer.done();
            }
            case "DELETE answers" -> {
                answersLost = Optional.empty();
                yield Answer.done();
            }
            case "GET billing" -> Answer.ok(cloud.billing());
            case "GET cloud" -> {
                CloudState state = cloud.state();
                yield Answer.ok(new About(
                        Catalog.PROVIDER,
                        endpoint.pid(),
                        state.seed(),
                        state.epoch(),
                        state.living().size()));
            }
            case "DELETE cloud" -> new Answer(202, null, true);
            default -> throw notAllowed(exchange);
        };
    }

    private Answer setCapacity(Faults.SetCapacity asked) throws IOException {
        if (asked.capacity() < 0 || (asked.notice() != null && asked.notice().isNegative())) {
            throw new Problem(400, "capacity: " + asked.capacity() + " is not allowed; use 0 or more");
        }
        cloud.setCapacity(new CapacityOverride(asked.markets(), asked.capacity(), asked.notice()));
        return Answer.done();
    }

    private Answer instances(HttpExchange exchange, List<String> parts) throws IOException {
        String method = exchange.getRequestMethod();
        if (parts.size() == 1) {
            if (!method.equals("GET")) {
                throw notAllowed(exchange);
            }
            return Answer.ok(
                    exchange.getRequestURI().getRawQuery() == null
                            ? cloud.instances()
                            : cloud.instances(owner(exchange)));
        }
        NodeId name = node(parts.get(1));
        OwnedNode node = exchange.getRequestURI().getRawQuery() == null
                ? cloud.only(name)
                : new OwnedNode(owner(exchange), name);
        if (parts.size() == 3 && parts.get(2).equals("eviction")) {
            if (!method.equals("POST")) {
                throw notAllowed(exchange);
            }
            Faults.Evict asked = body(exchange, Faults.Evict.class);
            return Answer.ok(cloud.evict(node, Optional.ofNullable(asked.notice())));
        }
        if (parts.size() == 3 && parts.get(2).equals("rebalance")) {
            if (!method.equals("PUT") && !method.equals("DELETE")) {
                throw notAllowed(exchange);
            }
            return Answer.ok(cloud.signalRebalance(node, method.equals("PUT")));
        }
        if (parts.size() > 2) {
            throw unknown(exchange.getRequestURI().getPath());
        }
        return switch (method) {
            case "GET" ->
                Answer.ok(cloud.instance(node)
                        .orElseThrow(() -> new Problem(404, "node '" + name + "' is not known to the local cloud")));
            case "DELETE" -> {
                cloud.terminate(node);
                yield Answer.done();
            }
            default -> throw notAllowed(exchange);
        };
    }

    private static NodeId node(String text) {
        try {
            return new NodeId(text);
        } catch (IllegalArgumentException e) {
            throw new Problem(400, String.valueOf(e.getMessage()));
        }
    }

    private static String owner(HttpExchange exchange) {
        String query = exchange.getRequestURI().getRawQuery();
        if (query == null || !query.startsWith("owner=") || query.contains("&")) {
            throw new Problem(400, "query: '" + query + "' is not allowed; use owner=TAG and nothing else");
        }
        return URLDecoder.decode(query.substring("owner=".length()), StandardCharsets.UTF_8);
    }

    private static <T extends Record> T body(HttpExchange exchange, Class<T> type) throws IOException {
        return JsonBody.read(Listener.body(exchange), type);
    }

    private static Problem unknown(String path) {
        return new Problem(
                404,
                "path '" + path
                        + "' is not known; there are offers, launches, instances, capacity, price, answers, billing and cloud");
    }

    private static Problem notAllowed(HttpExchange exchange) {
        return new Problem(
                405,
                exchange.getRequestMethod() + " is not allowed on "
                        + exchange.getRequestURI().getPath());
    }
}
