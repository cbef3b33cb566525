package dev.drover.http;

import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.job.JobSpecReader;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Shows what a job's processes printed, as their agents shipped it. */
final class LogRoutes {
    private final ApiPorts ports;
    private final Jobs jobs;
    private final Executor executor;

    LogRoutes(ApiPorts ports, Jobs jobs, Executor executor) {
        this.ports = ports;
        this.jobs = jobs;
        this.executor = executor;
    }

    List<Endpoint> endpoints() {
        return List.of(Endpoint.get("/v1/jobs/{job}/logs", this::logs));
    }

    private HttpResponse logs(Call call) {
        Query query = call.query();
        Optional<Integer> shard = query.integer("shard", 0, JobSpecReader.MAX_SHARDS - 1);
        Optional<Integer> generation = query.integer("generation", 1, Integer.MAX_VALUE);
        boolean follow = query.flag("follow");
        query.finish();
        JobView job = jobs.find(call.job());
        shard.ifPresent(index -> Jobs.requireShard(job, index));
        if (!follow || job.state().isFinal()) {
            generation.ifPresent(wanted -> requireGeneration(job, shard, wanted));
        }
        LogFeed feed = new LogFeed(ports, jobs, job, new LogFeed.Choice(shard, generation, follow));
        return Answers.stream(ContentTypes.TEXT_PLAIN_UTF8, Polled.source(feed, executor));
    }

    private static void requireGeneration(JobView job, Optional<Integer> shard, int generation) {
        int newest = job.shards().stream()
                .filter(each -> shard.isEmpty() || shard.get() == each.index())
                .mapToInt(ShardView::generation)
                .max()
                .orElse(0);
        if (generation > newest) {
            throw Pools.notFound("generation %d; the newest is %d".formatted(generation, newest));
        }
    }
}
