package dev.drover.bench.chaos.check;

import dev.drover.bench.chaos.history.Fault;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From one generation to the next no step is lost where there was time to save, else at most an interval and what ran while the last
 * checkpoint was being published, which is taken to be no more than another interval.
 *
 * <p>Not judged: shards whose checkpoints a fault damaged, and attempts on a node whose disk was full.
 */
final class StepsLostChecker implements Checker {
    /** A fault of the node this long before the end may be why there was no time. */
    private static final Duration BEFORE = Duration.ofSeconds(60);

    @Override
    public List<Violation> check(Story story) {
        List<Violation> found = new ArrayList<>();
        Map<Lease, ShardGranted> grants = Attempts.grants(story);
        for (Attempts.Ended attempt : Attempts.ended(story)) {
            Lease lease = attempt.lease();
            ShardGranted next = grants.get(new Lease(lease.shard(), lease.generation() + 1));
            if (next != null && isJudged(story, attempt)) {
                judge(story, attempt, next).ifPresent(found::add);
            }
        }
        return found;
    }

    private static boolean isJudged(Story story, Attempts.Ended attempt) {
        return !story.isDamaged(
                        ref -> ref.lease().shard().equals(attempt.lease().shard()))
                && story.faultsOn(attempt.node(), attempt.grantedAt(), attempt.endedAt()).stream()
                        .noneMatch(fault -> fault.fault() instanceof Fault.DiskFull);
    }

    private static Optional<Violation> judge(Story story, Attempts.Ended attempt, ShardGranted next) {
        int resumes = next.resumeFrom().map(CheckpointRef::step).orElse(0);
        int lost = attempt.lastStep() - resumes;
        int allowed = hadTime(story, attempt) ? 0 : 2 * attempt.interval();
        if (lost <= allowed) {
            return Optional.empty();
        }
        return Optional.of(new Violation(
                "steps lost",
                next.at(),
                "%s loses %d steps, %d are allowed: the attempt before it was at step %d when it ended with %s (%s)"
                        .formatted(
                                next.lease(),
                                lost,
                                allowed,
                                attempt.lastStep(),
                                attempt.reason().code(),
                                attempt.reason().text())));
    }

    /** Whether the pool could ask for a save, and nothing was wrong with the node that was to make it. */
    private static boolean hadTime(Story story, Attempts.Ended attempt) {
        boolean orderly = switch (attempt.reason().code()) {
            case EVICTION_NOTICE, NODE_DRAINED, SCALED_DOWN, PREEMPTED, SWITCH_BACK, REBALANCE -> true;
            default -> false;
        };
        return orderly
                && !story.interrupted(attempt.grantedAt(), attempt.endedAt())
                && story.faultsOn(attempt.node(), attempt.endedAt().minus(BEFORE), attempt.endedAt()).stream()
                        .allMatch(fault -> fault.fault() instanceof Fault.NoticeTwice);
    }
}
