package dev.drover.control;

import dev.drover.persistence.read.ReadModel;
import dev.drover.planning.input.Effort;
import dev.drover.planning.input.Input;
import dev.drover.protocol.api.AttemptView;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves a finished job to the read model, once its history there has no holes. Where it can't, the pool hears why. */
final class ArchiveExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveExecutor.class);

    private final ReadModel readModel;
    private final StepBackfill backfill;
    private final InFlight<JobId> archiving;

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
        for (ShardView shard : job.shards()) {
            ShardId id = new ShardId(job.id(), shard.index());
            for (AttemptView attempt : shard.attempts()) {
                readModel.recordAttempt(id, attempt);
                backfill.fillAll(new Lease(id, attempt.generation()), attempt.resumedFromStep());
            }
        }
        readModel.archive(job);
        results.accept(new Input.Archived(job.id()));
    }
}
