package dev.drover.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;

/** What machines ask: is it alive, is it ready, how does it do, and what can it do. */
final class SystemRoutes {
    private static final ContentType.NonBinary PROMETHEUS = MediaTypes.TEXT_PLAIN.toContentType(HttpCharsets.UTF_8);

    private final ApiPorts ports;
    private final Pools pools;
    private final PoolMetrics metrics;
    private final JsonNode document;

    SystemRoutes(ApiPorts ports, Pools pools, PoolMetrics metrics) {
        this.ports = ports;
        this.pools = pools;
        this.metrics = metrics;
        this.document = OpenApiDocument.load();
    }

    List<Endpoint> endpoints() {
        Optional<Role> metricsNeed = ports.limits().metricsNeedToken() ? Optional.of(Role.USER) : Optional.empty();
        return List.of(
                Endpoint.open("/healthz", call -> Answers.json(200, new Health("ok"))),
                Endpoint.open("/readyz", call -> ready()),
                new Endpoint(HttpMethods.GET, PathTemplate.of("/metrics"), metricsNeed, call -> metrics()),
                Endpoint.open("/openapi.json", call -> Answers.json(200, document)));
    }

    private HttpResponse ready() {
        if (!ports.readModel().isHealthy()) {
            throw new ProblemException(
                    Problem.of(Problem.Kind.UNAVAILABLE, "the read model does not answer; look at its database"),
                    pools.retryAfter());
        }
        if (!ports.schedulers().isMember()) {
            throw new ProblemException(
                    Problem.of(Problem.Kind.UNAVAILABLE, "this scheduler is not a member of its cluster, or not yet"),
                    pools.retryAfter());
        }
        return Answers.json(200, new Ready("ready", pools.all().size()));
    }

    private HttpResponse metrics() {
        metrics.refresh();
        return Answers.text(200, PROMETHEUS, ports.metrics().scrape());
    }

    /** The process answers. */
    record Health(String status) {}

    /** Everything that answering takes is there. */
    record Ready(String status, int pools) {}
}
