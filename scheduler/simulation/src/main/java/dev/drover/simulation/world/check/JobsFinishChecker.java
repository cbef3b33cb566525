package dev.drover.simulation.world.check;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.JobState;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** Once faults heal every job finishes: it succeeds, unless it was cancelled or its own program failed too often. */
final class JobsFinishChecker implements Checker {
    private final Set<JobId> open = new TreeSet<>();
    private final Set<JobId> excused = new HashSet<>();

    @Override
    public void decided(Turn turn, Findings findings) {
        for (PoolEvent event : turn.decision().events()) {
            if (event instanceof PoolEvent.JobSubmitted submitted) {
                open.add(submitted.job());
            } else if (event instanceof PoolEvent.JobCancelled cancelled) {
                excused.add(cancelled.job());
            } else if (event instanceof PoolEvent.ShardFailed failed) {
                if (failed.isFinal()) {
                    excused.add(failed.lease().shard().job());
                }
            } else if (event instanceof PoolEvent.JobFinished finished) {
                if (finished.state() != JobState.SUCCEEDED && !excused.contains(finished.job())) {
                    findings.report(
                            this,
                            turn.at(),
                            finished.job() + " ended as " + finished.state() + ": "
                                    + finished.reason().text());
                }
            } else if (event instanceof PoolEvent.JobArchived archived) {
                open.remove(archived.job());
            }
        }
    }

    @Override
    public void ended(Instant at, PoolState state, Findings findings) {
        for (JobId job : open) {
            String stands = state.job(job)
                    .map(known -> known.state() + " " + known.shards())
                    .orElse("unknown");
            findings.report(this, at, job + " has not finished: " + stands);
        }
    }
}
