package dev.drover.http;

import dev.drover.protocol.api.SchedulerView;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Shows the schedulers themselves. */
final class SchedulerRoutes {
    private final ApiPorts ports;
    private final Pools pools;

    SchedulerRoutes(ApiPorts ports, Pools pools) {
        this.ports = ports;
        this.pools = pools;
    }

    List<Endpoint> endpoints() {
        return List.of(Endpoint.admin(HttpMethods.GET, "/v1/schedulers", this::list));
    }

    private HttpResponse list(Call call) throws InterruptedException {
        var unused = call.withoutQuery();
        try {
            return Answers.json(
                    200,
                    new SchedulerList(ports.schedulers()
                            .schedulers()
                            .toCompletableFuture()
                            .get(ports.limits().poolTimeout().toMillis(), TimeUnit.MILLISECONDS)));
        } catch (ExecutionException | TimeoutException e) {
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "what schedulers tell of themselves can't be read; look at the database"),
                    pools.retryAfter());
        }
    }

    /** By address. */
    record SchedulerList(List<SchedulerView> schedulers) {}
}
