package dev.drover.http;

import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobSpecReader;
import java.util.List;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Says what a job would cost, and when it would be done. Takes what a submission takes, refuses what it refuses, keeps nothing. */
final class PlanRoute {
    private final ApiPorts ports;
    private final Pools pools;

    PlanRoute(ApiPorts ports, Pools pools) {
        this.ports = ports;
        this.pools = pools;
    }

    List<Endpoint> endpoints() {
        return List.of(Endpoint.user(HttpMethods.POST, "/v1/plan", this::plan));
    }

    private HttpResponse plan(Call call) {
        JobSpec spec = JobSpecReader.read(call.withoutQuery().specText(), ports.dataFiles());
        pools.require(spec.pool());
        PoolReply reply = pools.ask(
                spec.pool(),
                new PoolCommand.PlanJob(ports.newJob().get(), spec, call.role().owner()));
        if (reply instanceof PoolReply.Plan plan) {
            return Answers.json(200, plan.plan());
        }
        throw Pools.unexpected(reply);
    }
}
