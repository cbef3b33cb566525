package dev.drover.protocol.agent;

import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import org.jspecify.annotations.Nullable;

/**
 * How one lease stands on its node. Reports are levels, not edges: each says all that matters now, so a lost one is healed by
 * the next.
 *
 * @param step the last step made, 0 before the first
 * @param checkpoint the newest checkpoint published under this lease
 * @param target where to push the state, while {@code PREPARED}
 * @param reason why, for {@code FAILED}, {@code RESTORE_FAILED} {@code STARTING} and {@code RUNNING} with trouble (as a full disk)
 * @param badCheckpoint the checkpoint that could not be restored, for {@code RESTORE_FAILED}
 * @param saveMillis the longest recent save and upload together
 * @param stepMillis the longest recent step
 */
public record ShardStatus(
        Lease lease,
        Phase phase,
        int step,
        @Nullable CheckpointRef checkpoint,
        @Nullable HandoffTarget target,
        @Nullable String reason,
        @Nullable CheckpointRef badCheckpoint,
        double saveMillis,
        double stepMillis) {
    /** Where a lease stands on its node. The last four are final there, and kept until the pool releases the lease. */
    public enum Phase {
        /** Getting ready for a handoff. */
        PREPARING,
        /** Ready: a {@code Run} takes effect at once. */
        PREPARED,
        /** Granted, not yet training. */
        STARTING,
        RUNNING,
        /** Saving and pushing for a handoff. */
        STOPPING,
        /** Stopped and published: {@code checkpoint} is the last word of this generation. */
        STOPPED,
        /** The last step was made and published. */
        DONE,
        /** The program itself failed. */
        FAILED,
        /** The checkpoint to resume from is not valid. */
        RESTORE_FAILED
    }
}
