package dev.drover.persistence.journal;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.ArchivedForgotten;
import dev.drover.planning.event.PoolEvent.CheckpointRejected;
import dev.drover.planning.event.PoolEvent.JobArchived;
import dev.drover.planning.event.PoolEvent.JobBudgetSet;
import dev.drover.planning.event.PoolEvent.JobCancelled;
import dev.drover.planning.event.PoolEvent.JobFinished;
import dev.drover.planning.event.PoolEvent.JobSubmitted;
import dev.drover.planning.event.PoolEvent.LaunchRefused;
import dev.drover.planning.event.PoolEvent.NodeBilled;
import dev.drover.planning.event.PoolEvent.NodeDraining;
import dev.drover.planning.event.PoolEvent.NodeEnding;
import dev.drover.planning.event.PoolEvent.NodeGone;
import dev.drover.planning.event.PoolEvent.NodeJoined;
import dev.drover.planning.event.PoolEvent.NodeLaunched;
import dev.drover.planning.event.PoolEvent.NodeLost;
import dev.drover.planning.event.PoolEvent.NodeNoticed;
import dev.drover.planning.event.PoolEvent.NodeRequested;
import dev.drover.planning.event.PoolEvent.PoolConfigured;
import dev.drover.planning.event.PoolEvent.PoolPaused;
import dev.drover.planning.event.PoolEvent.PoolResumed;
import dev.drover.planning.event.PoolEvent.ShardAdopted;
import dev.drover.planning.event.PoolEvent.ShardCaughtUp;
import dev.drover.planning.event.PoolEvent.ShardDetached;
import dev.drover.planning.event.PoolEvent.ShardFailed;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.planning.event.PoolEvent.ShardPreempted;
import dev.drover.planning.event.PoolEvent.ShardStarted;
import dev.drover.planning.event.PoolEvent.ShardSucceeded;
import dev.drover.planning.event.PoolEvent.ShardTargeted;
import dev.drover.planning.event.PoolEvent.TargetDropped;

/**
 * Pool events as bytes: JSON under a manifest, a name that outlives the class's own.
 *
 * <p>An event never changes under its manifest. A new shape gets the next number and the old one keeps its reader; both
 * tables below, and a golden file, say so for each. {@link #manifest} is checked by the compiler: an event without a name
 * does not build.
 *
 * <p>A {@code v1} that reads as the same class as its {@code v2} had fewer fields; what it lacks has a default.
 */
public final class EventCodec {
    private EventCodec() {}

    /** The name an event is kept under. */
    public static String manifest(PoolEvent event) {
        return switch (event) {
            case PoolConfigured e -> "pool.configured.v2";
            case PoolPaused e -> "pool.paused.v1";
            case PoolResumed e -> "pool.resumed.v1";
            case JobSubmitted e -> "job.submitted.v2";
            case JobCancelled e -> "job.cancelled.v1";
            case JobBudgetSet e -> "job.budget-set.v1";
            case JobFinished e -> "job.finished.v1";
            case JobArchived e -> "job.archived.v1";
            case ArchivedForgotten e -> "job.archived-forgotten.v1";
            case NodeRequested e -> "node.requested.v1";
            case NodeLaunched e -> "node.launched.v1";
            case LaunchRefused e -> "node.launch-refused.v1";
            case NodeJoined e -> "node.joined.v1";
            case NodeNoticed e -> "node.noticed.v1";
            case NodeDraining e -> "node.draining.v1";
            case NodeLost e -> "node.lost.v1";
            case NodeEnding e -> "node.ending.v1";
            case NodeGone e -> "node.gone.v1";
            case NodeBilled e -> "node.billed.v2";
            case ShardTargeted e -> "shard.targeted.v1";
            case TargetDropped e -> "shard.target-dropped.v1";
            case ShardGranted e -> "shard.granted.v1";
            case ShardStarted e -> "shard.started.v1";
            case ShardCaughtUp e -> "shard.caught-up.v1";
            case ShardPreempted e -> "shard.preempted.v1";
            case ShardDetached e -> "shard.detached.v1";
            case ShardAdopted e -> "shard.adopted.v1";
            case CheckpointRejected e -> "checkpoint.rejected.v1";
            case ShardFailed e -> "shard.failed.v1";
            case ShardSucceeded e -> "shard.succeeded.v1";
        };
    }

    public static byte[] encode(PoolEvent event) {
        return JournalJson.write(JournalJson.mapper(), event);
    }

    /**
     * Reads an event back.
     *
     * @throws JournalFormatException when the manifest is not known or the bytes are not such an event
     */
    public static PoolEvent decode(String manifest, byte[] bytes) {
        if (manifest.equals("node.billed.v1")) {
            return JournalJson.read(JournalJson.mapper(), bytes, manifest, NodeBilledV1.class)
                    .today();
        }
        return JournalJson.read(JournalJson.mapper(), bytes, manifest, type(manifest));
    }

    private static Class<? extends PoolEvent> type(String manifest) {
        return switch (manifest) {
            case "pool.configured.v1", "pool.configured.v2" -> PoolConfigured.class;
            case "pool.paused.v1" -> PoolPaused.class;
            case "pool.resumed.v1" -> PoolResumed.class;
            case "job.submitted.v1", "job.submitted.v2" -> JobSubmitted.class;
            case "job.cancelled.v1" -> JobCancelled.class;
            case "job.budget-set.v1" -> JobBudgetSet.class;
            case "job.finished.v1" -> JobFinished.class;
            case "job.archived.v1" -> JobArchived.class;
            case "job.archived-forgotten.v1" -> ArchivedForgotten.class;
            case "node.requested.v1" -> NodeRequested.class;
            case "node.launched.v1" -> NodeLaunched.class;
            case "node.launch-refused.v1" -> LaunchRefused.class;
            case "node.joined.v1" -> NodeJoined.class;
            case "node.noticed.v1" -> NodeNoticed.class;
            case "node.draining.v1" -> NodeDraining.class;
            case "node.lost.v1" -> NodeLost.class;
            case "node.ending.v1" -> NodeEnding.class;
            case "node.gone.v1" -> NodeGone.class;
            case "node.billed.v2" -> NodeBilled.class;
            case "shard.targeted.v1" -> ShardTargeted.class;
            case "shard.target-dropped.v1" -> TargetDropped.class;
            case "shard.granted.v1" -> ShardGranted.class;
            case "shard.started.v1" -> ShardStarted.class;
            case "shard.caught-up.v1" -> ShardCaughtUp.class;
            case "shard.preempted.v1" -> ShardPreempted.class;
            case "shard.detached.v1" -> ShardDetached.class;
            case "shard.adopted.v1" -> ShardAdopted.class;
            case "checkpoint.rejected.v1" -> CheckpointRejected.class;
            case "shard.failed.v1" -> ShardFailed.class;
            case "shard.succeeded.v1" -> ShardSucceeded.class;
            default ->
                throw new JournalFormatException("the journal holds an event '" + manifest
                        + "', which this version does not know; run the version that wrote it, or a newer one");
        };
    }
}
