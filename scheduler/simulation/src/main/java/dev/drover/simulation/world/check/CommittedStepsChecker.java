package dev.drover.simulation.world.check;

import dev.drover.planning.event.PoolEvent;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * No committed step is lost: a generation continues from nothing older than the newest valid checkpoint that was in the store when
 * the attempt before it ended, unless that was damaged; only damaged ones are given up; and a shard ends with its last step.
 */
final class CommittedStepsChecker implements Checker {
    private final Reality reality;
    private final Map<ShardId, History> histories = new HashMap<>();

    CommittedStepsChecker(Reality reality) {
        this.reality = reality;
    }

    /** What is known of one shard. */
    private static final class History {
        private final Map<CheckpointRef, Instant> committed = new HashMap<>();
        private final Set<CheckpointRef> damaged = new HashSet<>();
        private final List<Integer> resumed = new ArrayList<>();
        private Instant endedAt = Instant.MIN;

        boolean counts(CheckpointRef ref) {
            int generation = ref.lease().generation();
            return generation <= resumed.size()
                    && !damaged.contains(ref)
                    && resumed.subList(generation, resumed.size()).stream().allMatch(step -> ref.step() <= step);
        }
    }

    private History history(ShardId shard) {
        return histories.computeIfAbsent(shard, ignored -> new History());
    }

    private History history(CheckpointRef ref) {
        return history(ref.lease().shard());
    }

    @Override
    public void happened(Instant at, Fact fact, Findings findings) {
        if (fact instanceof Fact.Published(CheckpointRef ref)) {
            history(ref).committed.put(ref, at);
        } else if (fact instanceof Fact.Damaged(CheckpointRef ref)) {
            history(ref).damaged.add(ref);
        } else if (fact instanceof Fact.Pruned(CheckpointRef ref)) {
            history(ref).committed.remove(ref);
        }
    }

    @Override
    public void decided(Turn turn, Findings findings) {
        for (PoolEvent event : turn.decision().events()) {
            if (event instanceof PoolEvent.ShardGranted granted) {
                granted(turn.at(), granted, findings);
            } else if (event instanceof PoolEvent.ShardDetached detached) {
                history(detached.lease().shard()).endedAt = turn.at();
            } else if (event instanceof PoolEvent.ShardFailed failed) {
                history(failed.lease().shard()).endedAt = turn.at();
            } else if (event instanceof PoolEvent.CheckpointRejected rejected) {
                if (!history(rejected.checkpoint()).damaged.contains(rejected.checkpoint())) {
                    findings.report(this, turn.at(), rejected.checkpoint() + " was given up and is valid");
                }
            } else if (event instanceof PoolEvent.ShardSucceeded succeeded) {
                succeeded(turn.at(), succeeded, findings);
            } else if (event instanceof PoolEvent.JobArchived archived) {
                histories.keySet().removeIf(shard -> shard.job().equals(archived.job()));
            }
        }
    }

    private void granted(Instant at, PoolEvent.ShardGranted granted, Findings findings) {
        Lease lease = granted.lease();
        History history = history(lease.shard());
        int resumes = granted.resumeFrom().map(CheckpointRef::step).orElse(0);
        for (Map.Entry<CheckpointRef, Instant> known : history.committed.entrySet()) {
            CheckpointRef ref = known.getKey();
            boolean inTime = !known.getValue().isAfter(history.endedAt);
            if (inTime && history.counts(ref) && ref.step() > resumes) {
                findings.report(
                        this, at, "%s continues after step %d, though %s is valid".formatted(lease, resumes, ref));
            }
        }
        granted.resumeFrom()
                .filter(ref -> !history.committed.containsKey(ref))
                .ifPresent(ref -> findings.report(
                        this,
                        at,
                        "%s continues from %s, which was never committed, or is deleted".formatted(lease, ref)));
        history.resumed.add(resumes);
    }

    private void succeeded(Instant at, PoolEvent.ShardSucceeded succeeded, Findings findings) {
        int steps = reality.steps(succeeded.lease().shard().job());
        boolean isCommitted = succeeded
                .checkpoint()
                .filter(last -> last.step() == steps && history(last).committed.containsKey(last))
                .isPresent();
        if (!isCommitted) {
            findings.report(
                    this,
                    at,
                    "%s ended with %s; its %d steps are not all committed"
                            .formatted(
                                    succeeded.lease(),
                                    succeeded.checkpoint().map(Object::toString).orElse("no checkpoint"),
                                    steps));
        }
    }
}
