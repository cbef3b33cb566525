package dev.drover.control;

import dev.drover.persistence.read.ReadModel.ShardAttempt;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.*;
import dev.drover.planning.state.Attempt;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.api.AttemptView;
import dev.drover.protocol.id.ShardId;
import java.util.List;
import java.util.stream.Stream;

/** The attempts that events have changed, as the read model keeps them. Pure. */
final class Attempts {
    /** A grant opens an attempt and may close the one before it. */
    private static final int CHANGED_BY_A_GRANT = 2;

    private Attempts() {}

    /** Every attempt of the state: what to tell again after a recovery. */
    static List<ShardAttempt> all(PoolState state) {
        return state.jobsInOrder()
                .flatMap(job -> job.shards().stream())
                .flatMap(shard -> told(shard, shard.attempts().size()))
                .toList();
    }

    /** The attempts that {@code events} touched, as {@code after} has them. */
    static List<ShardAttempt> changedBy(List<PoolEvent> events, PoolState after) {
        return events.stream()
                .flatMap(event -> touched(event, after))
                .distinct()
                .flatMap(id -> after.shard(id).stream())
                .flatMap(shard -> told(shard, CHANGED_BY_A_GRANT * events.size()))
                .toList();
    }

    private static Stream<ShardAttempt> told(Shard shard, int newest) {
        List<Attempt> attempts = shard.attempts();
        return attempts.subList(Math.max(0, attempts.size() - newest), attempts.size()).stream()
                .map(attempt -> new ShardAttempt(shard.id(), view(attempt)));
    }

    private static Stream<ShardId> touched(PoolEvent event, PoolState after) {
        return switch (event) {
            case ShardGranted e -> Stream.of(e.lease().shard());
            case ShardDetached e -> Stream.of(e.lease().shard());
            case ShardAdopted e -> Stream.of(e.lease().shard());
            case ShardFailed e -> Stream.of(e.lease().shard());
            case ShardSucceeded e -> Stream.of(e.lease().shard());
            case JobCancelled e ->
                after.job(e.job()).map(Job::shards).stream()
                        .flatMap(List::stream)
                        .map(Shard::id);
            case PoolConfigured ignored -> Stream.empty();
            case PoolPaused ignored -> Stream.empty();
            case PoolResumed ignored -> Stream.empty();
            case JobSubmitted ignored -> Stream.empty();
            case JobBudgetSet ignored -> Stream.empty();
            case JobFinished ignored -> Stream.empty();
            case JobArchived ignored -> Stream.empty();
            case ArchivedForgotten ignored -> Stream.empty();
            case NodeRequested ignored -> Stream.empty();
            case NodeLaunched ignored -> Stream.empty();
            case LaunchRefused ignored -> Stream.empty();
            case NodeJoined ignored -> Stream.empty();
            case NodeNoticed ignored -> Stream.empty();
            case NodeDraining ignored -> Stream.empty();
            case NodeLost ignored -> Stream.empty();
            case NodeEnding ignored -> Stream.empty();
            case NodeGone ignored -> Stream.empty();
            case NodeBilled ignored -> Stream.empty();
            case ShardTargeted ignored -> Stream.empty();
            case TargetDropped ignored -> Stream.empty();
            case ShardStarted ignored -> Stream.empty();
            case ShardCaughtUp ignored -> Stream.empty();
            case ShardPreempted ignored -> Stream.empty();
            case CheckpointRejected ignored -> Stream.empty();
        };
    }

    private static AttemptView view(Attempt attempt) {
        return new AttemptView(
                attempt.generation(),
                attempt.node(),
                attempt.market(),
                attempt.grantedAt(),
                attempt.resumeStep(),
                attempt.resumeFrom().map(from -> from.lease().generation()).orElse(0),
                attempt.grantedBecause(),
                attempt.endedAt(),
                attempt.endedBecause());
    }
}
