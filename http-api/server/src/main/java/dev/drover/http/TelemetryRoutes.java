package dev.drover.http;

import dev.drover.persistence.read.ReadModel;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.JobSpecReader;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/** Shows a job's steps, as JSON or CSV. */
final class TelemetryRoutes {
    private static final int MAX_POINTS = 1_000_000;
    private static final int LINES_PER_CHUNK = 500;

    private final Jobs jobs;
    private final ReadModel readModel;
    private final ApiLimits limits;

    TelemetryRoutes(Jobs jobs, ReadModel readModel, ApiLimits limits) {
        this.jobs = jobs;
        this.readModel = readModel;
        this.limits = limits;
    }

    List<Endpoint> endpoints() {
        return List.of(Endpoint.get("/v1/jobs/{job}/telemetry", this::telemetry));
    }

    private HttpResponse telemetry(Call call) {
        JobId job = call.job();
        Query query = call.query();
        Optional<Integer> shard = query.integer("shard", 0, JobSpecReader.MAX_SHARDS - 1);
        int afterStep = query.integer("afterStep", 0, Integer.MAX_VALUE).orElse(0);
        int points = query.integer("points", 0, MAX_POINTS).orElse(0);
        boolean superseded = query.flag("superseded");
        Optional<Format> format = query.choice("format", Format.class);
        query.finish();
        boolean complete = jobs.isHistoryComplete(job, limits.historyPatience(), limits.pollEvery());
        List<TelemetryPoint> found = readModel.telemetry(job, shard, afterStep, superseded, points).stream()
                .map(TelemetryPoint::of)
                .toList();
        if (found.isEmpty()) {
            shard.ifPresent(index -> Jobs.requireShard(jobs.find(job), index));
        }
        return switch (format.orElse(call.asksFor("text/csv") ? Format.CSV : Format.JSON)) {
            case JSON -> Answers.json(200, new Telemetry(job, complete, found));
            case CSV -> Answers.stream(Answers.CSV, csv(job, found));
        };
    }

    private static Source<ByteString, NotUsed> csv(JobId job, List<TelemetryPoint> points) {
        return Source.single(TelemetryPoint.CSV_HEADER)
                .concat(Source.from(points)
                        .map(point -> point.csv(job.value()))
                        .grouped(LINES_PER_CHUNK)
                        .map(lines -> String.join("", lines)))
                .map(ByteString::fromString);
    }

    private enum Format {
        JSON,
        CSV
    }

    /**
     * The surviving history of a job, by shard and step.
     *
     * @param complete whether the job has ended and no step is still to come
     */
    record Telemetry(JobId job, boolean complete, List<TelemetryPoint> points) {}
}
