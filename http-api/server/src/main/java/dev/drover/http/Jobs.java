package dev.drover.http;

import dev.drover.persistence.read.ReadModel;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.PoolName;
import java.time.Duration;
import java.util.Optional;

/** Finds a job wherever it is: with its pool while it lives, in the read model afterwards. */
final class Jobs {
    private final Pools pools;
    private final ReadModel readModel;

    Jobs(Pools pools, ReadModel readModel) {
        this.pools = pools;
        this.readModel = readModel;
    }

    /** The job, or 404, or 503 when its pool is silent. */
    JobView find(JobId job) {
        PoolName pool = poolOf(job);
        Optional<JobView> finished = readModel.finished(job);
        if (finished.isPresent()) {
            return finished.get();
        }
        PoolReply reply = pools.tryAsk(pool, new PoolCommand.ShowJob(job))
                .orElseThrow(() -> pools.silent("pool " + pool + " did not answer for job " + job));
        return switch (reply) {
            case PoolReply.Job(JobView view) -> view;
            // It may have finished between the two questions.
            case PoolReply.NotFound(var ignored) ->
                readModel
                        .finished(job)
                        .orElseThrow(() -> new ProblemException(
                                Problem.Kind.NOT_FOUND,
                                "job " + job + " was never confirmed by pool " + pool + "; submit it again"));
            case PoolReply other -> throw Pools.unexpected(other);
        };
    }

    /** 404 unless the job has that shard. */
    static void requireShard(JobView job, int shard) {
        if (shard >= job.spec().shards()) {
            throw new ProblemException(
                    Problem.Kind.NOT_FOUND,
                    "job %s has no shard %d; use 0 to %d"
                            .formatted(job.id(), shard, job.spec().shards() - 1));
        }
    }

    /**
     * Whether the job has ended and no step of its history is still to come. A job that has just ended is waited for: its
     * last steps are made complete from its checkpoints before it is archived.
     *
     * @param patience how long it is waited for
     * @param look how often it is looked for
     */
    boolean isHistoryComplete(JobId job, Duration patience, Duration look) {
        PoolName pool = poolOf(job);
        if (readModel.finished(job).isPresent()) {
            return true;
        }
        boolean ended = pools.tryAsk(pool, new PoolCommand.ShowJob(job)).stream()
                .anyMatch(reply -> reply instanceof PoolReply.Job(JobView view)
                        && view.state().isFinal());
        long looks = ended ? patience.dividedBy(look) : 0;
        while (looks-- > 0 && readModel.finished(job).isEmpty()) {
            Polled.pause(look);
        }
        return readModel.finished(job).isPresent();
    }

    /** The pool a job was submitted to, or 404. */
    PoolName poolOf(JobId job) {
        return readModel.poolOf(job).orElseThrow(() -> Pools.notFound("job " + job));
    }
}
