package dev.drover.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.api.SchedulerGateway;
import dev.drover.protocol.api.SchedulerView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.pool.PoolSpec;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.ServerBinding;

/** The API, bound to a free port of loopback, with everything behind it faked. Checks every response it passes on. */
final class RunningApi implements AutoCloseable {
    static final PoolName POOL = new PoolName("default");
    static final String USER = "user-token";
    static final String ADMIN = "admin-token";
    static final String JOB = "{\"name\": \"tiny\", \"train\": {\"data\": {\"path\": \"/data/d.txt\"}}}";

    /** Shared: reading the schemas takes longer than most tests. */
    private static final DocumentedResponses DOCUMENTED = new DocumentedResponses();

    final List<String> diary = Collections.synchronizedList(new ArrayList<>());
    final InMemoryReadModel readModel = new InMemoryReadModel(diary);
    final FakePoolGateway gateway = new FakePoolGateway(diary);
    final InMemoryStore store = new InMemoryStore();
    final DocumentedResponses documented = DOCUMENTED;
    final List<SchedulerView> schedulers = Collections.synchronizedList(new ArrayList<>());
    volatile boolean schedulersFail;
    volatile boolean member = true;
    final HttpApi api;

    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "http-api-test");
    private final HttpClient client = HttpClient.newHttpClient();
    private final ServerBinding binding;

    RunningApi() {
        this(false);
    }

    RunningApi(boolean metricsNeedToken) {
        ApiLimits limits = new ApiLimits(
                64 << 10,
                Duration.ofMillis(300),
                Duration.ofSeconds(2),
                Duration.ofMillis(10),
                Duration.ofMillis(20),
                Duration.ofMillis(200),
                Duration.ofMillis(500),
                metricsNeedToken);
        AtomicInteger jobs = new AtomicInteger();
        api = new HttpApi(
                system,
                new ApiPorts(
                        gateway,
                        schedulerGateway(),
                        readModel,
                        store,
                        new Tokens(USER, ADMIN),
                        limits,
                        InstantSource.system(),
                        () -> new JobId("j-" + jobs.incrementAndGet()),
                        path -> path.startsWith("/data/") ? Optional.empty() : Optional.of("a file under /data"),
                        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
        gateway.create(PoolSpec.defaults(POOL));
        binding = HttpServer.bind(system, "127.0.0.1", 0, api.route())
                .toCompletableFuture()
                .join();
    }

    private SchedulerGateway schedulerGateway() {
        return new SchedulerGateway() {
            @Override
            public CompletionStage<List<SchedulerView>> schedulers() {
                return told();
            }

            @Override
            public boolean isMember() {
                return member;
            }
        };
    }

    private CompletionStage<List<SchedulerView>> told() {
        return schedulersFail
                ? CompletableFuture.failedStage(new IllegalStateException("no database"))
                : CompletableFuture.completedStage(List.copyOf(schedulers));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base() + path)).timeout(Duration.ofSeconds(20));
    }

    String base() {
        return "http://127.0.0.1:" + binding.localAddress().getPort();
    }

    int port() {
        return binding.localAddress().getPort();
    }

    HttpResponse<String> get(String path) {
        return send(request(path).header("Authorization", "Bearer " + USER));
    }

    HttpResponse<String> user(String method, String path, String body, String... headers) {
        return send(withBody(method, path, body, headers).header("Authorization", "Bearer " + USER));
    }

    HttpResponse<String> admin(String method, String path, String body, String... headers) {
        return send(withBody(method, path, body, headers).header("Authorization", "Bearer " + ADMIN));
    }

    private HttpRequest.Builder withBody(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (!body.isEmpty() && List.of(headers).stream().noneMatch("Content-Type"::equals)) {
            request.header("Content-Type", "application/json");
        }
        return request.method(
                method,
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
    }

    HttpResponse<String> send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            documented.verify(
                    request.method(),
                    request.uri().getRawPath(),
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse("none"),
                    response.body());
            return response;
        } catch (IOException e) {
            throw new AssertionError("can't send " + request, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    static JsonNode json(HttpResponse<String> response) {
        return DocumentedResponses.json(response.body());
    }

    HttpClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
        binding.terminate(Duration.ofMillis(100)).toCompletableFuture().join();
        system.terminate();
        try {
            system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the actor system did not end", e);
        }
    }
}
