package dev.drover.planning;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.*;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.money.Money;

/** An event in a few words: what, which, and the reason's code. */
final class EventText {
    private EventText() {}

    static String of(PoolEvent event) {
        String name = event.getClass().getSimpleName();
        return switch (event) {
            case PoolConfigured ignored -> name;
            case PoolPaused ignored -> name;
            case PoolResumed ignored -> name;
            case ArchivedForgotten ignored -> name;
            case JobSubmitted e -> name + " " + e.job();
            case JobCancelled e -> name + " " + e.job();
            case JobBudgetSet e ->
                name + " " + e.job() + " " + e.budget().map(Money::toString).orElse("none");
            case JobFinished e ->
                name + " " + e.job() + " " + e.state() + " " + e.reason().code();
            case JobArchived e -> name + " " + e.job();
            case NodeRequested e ->
                name + " " + e.node() + " in " + e.markets().getFirst() + " "
                        + e.reason().code();
            case NodeLaunched e -> name + " " + e.node() + " in " + e.market();
            case PoolEvent.LaunchRefused e -> name + " " + e.node();
            case NodeJoined e -> name + " " + e.node();
            case NodeNoticed e -> name + " " + e.node();
            case NodeDraining e -> name + " " + e.node() + " " + e.reason().code();
            case NodeLost e -> name + " " + e.node() + " " + e.reason().code();
            case NodeEnding e -> name + " " + e.node() + " " + e.reason().code();
            case NodeGone e -> name + " " + e.node() + " " + e.reason().code();
            case NodeBilled e -> name + " " + e.node();
            case ShardTargeted e ->
                name + " " + e.shard() + " to " + e.node() + " " + e.reason().code();
            case TargetDropped e -> name + " " + e.shard() + " " + e.reason().code();
            case ShardGranted e ->
                name + " " + e.lease() + " on " + e.node() + " after step "
                        + e.resumeFrom().map(ref -> ref.step()).orElse(0) + " "
                        + e.reason().code();
            case ShardStarted e -> name + " " + e.lease();
            case ShardCaughtUp e -> name + " " + e.lease() + " step " + e.step();
            case ShardPreempted e -> name + " " + e.lease() + " " + e.reason().code();
            case ShardDetached e -> name + " " + e.lease() + " " + e.reason().code();
            case ShardAdopted e -> name + " " + e.lease() + " on " + e.node();
            case CheckpointRejected e -> name + " step " + e.checkpoint().step();
            case ShardFailed e -> name + " " + e.lease() + (e.isFinal() ? " for good" : " to be retried");
            case ShardSucceeded e ->
                name + " " + e.lease() + " step "
                        + e.checkpoint().map(CheckpointRef::step).orElse(0);
        };
    }
}
