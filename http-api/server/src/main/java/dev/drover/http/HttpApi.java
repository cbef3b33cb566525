package dev.drover.http;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * The API as a route, for {@link HttpServer} to bind.
 *
 * <p>The route answers every request, unknown addresses included: to add others, put them before it. Handlers run on virtual
 * threads and may block.
 */
public final class HttpApi {
    private final List<Endpoint> endpoints;
    private final Router router;

    public HttpApi(ClassicActorSystemProvider system, ApiPorts ports) {
        Executor executor = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("http-api-", 0).factory());
        Pools pools = new Pools(ports.gateway(), ports.limits());
        Jobs jobs = new Jobs(pools, ports.readModel());
        PoolMetrics metrics = new PoolMetrics(pools, ports.metrics());
        this.endpoints = Stream.of(
                        new SubmitRoute(ports, pools).endpoints(),
                        new PlanRoute(ports, pools).endpoints(),
                        new JobRoutes(pools, jobs, ports.readModel()).endpoints(),
                        new TelemetryRoutes(jobs, ports.readModel(), ports.limits()).endpoints(),
                        new EventRoutes(ports, jobs, executor).endpoints(),
                        new LogRoutes(ports, jobs, executor).endpoints(),
                        new CheckpointRoutes(jobs, ports.store()).endpoints(),
                        new PoolRoutes(pools, ports.readModel()).endpoints(),
                        new NodeRoutes(pools).endpoints(),
                        new SchedulerRoutes(ports, pools).endpoints(),
                        new SystemRoutes(ports, pools, metrics).endpoints())
                .flatMap(List::stream)
                .toList();
        this.router = new Router(endpoints, ports, system, executor);
    }

    /** Answers everything. */
    public Route route() {
        return Directives.handle(router::answer);
    }

    /** All there is, for the test that compares it with the OpenAPI document. */
    List<Endpoint> endpoints() {
        return endpoints;
    }
}
