package dev.drover.control;

import dev.drover.persistence.read.ReadModel;
import dev.drover.persistence.read.ReadModel.ShardAttempt;
import dev.drover.planning.input.Effort;
import dev.drover.planning.input.Input;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves finished jobs to the read model, once their history there has no holes. Where it can't, the pool hears why. */
final class ArchiveExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveExecutor.class);

    private final ReadModel readModel;
    private final StepBackfill backfill;
    private final InFlight<JobId> archiving;
    private final Gathered<JobView> writing = new Gathered<>(this::write);

    ArchiveExecutor(ReadModel readModel, StepBackfill backfill, Executor executor) {
        this.readModel = readModel;
        this.backfill = backfill;
        this.archiving = new InFlight<>(executor, LOG);
    }

    void archive(JobView job, Consumer<Input> results) {
        archiving.run(
                job.id(),
                () -> move(job, results),
                cause -> results.accept(new Input.Failed(new Effort.Archiving(job.id()), cause)));
    }

    private void move(JobView job, Consumer<Input> results) throws IOException {
        for (ShardAttempt each : attempts(job).toList()) {
            backfill.fillAll(
                    new Lease(each.shard(), each.attempt().generation()),
                    each.attempt().resumedFromStep());
        }
        writing.write(job);
        results.accept(new Input.Archived(job.id()));
    }

    private void write(List<JobView> jobs) {
        readModel.recordAttempts(
                jobs.stream().flatMap(ArchiveExecutor::attempts).toList());
        readModel.archive(jobs);
    }

    private static Stream<ShardAttempt> attempts(JobView job) {
        return job.shards().stream()
                .flatMap(shard -> shard.attempts().stream()
                        .map(attempt -> new ShardAttempt(new ShardId(job.id(), shard.index()), attempt)));
    }
}
