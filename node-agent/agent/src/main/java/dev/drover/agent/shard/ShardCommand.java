package dev.drover.agent.shard;

import dev.drover.agent.peer.PeerEndpoint;
import dev.drover.protocol.agent.HandoffTarget;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.checkpoint.CheckpointRef;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** What a shard's actor acts on: orders of its node, and what became of its own effects. */
public sealed interface ShardCommand {
    /** Get ready for a handoff. */
    record Prepare(ShardTask task) implements ShardCommand {}

    /** The lease is granted. */
    record Run(ShardTask task, Optional<CheckpointRef> resumeFrom) implements ShardCommand {}

    /** Stop, save, publish, and push to {@code target} if there is one. */
    record HandOff(Optional<HandoffTarget> target, Instant deadline) implements ShardCommand {}

    /** The lease is over. */
    record Release(String reason) implements ShardCommand {}

    /** A process was started for the shard, or was warm. */
    record Taken(RunningProgram process) implements ShardCommand {}

    /** The program can't be started. */
    record NotTaken(String reason) implements ShardCommand {}

    /** The node can't start any program now, say because its disk is full: to be tried again. */
    record TakeTroubled(String reason) implements ShardCommand {}

    /** The process said something or ended. */
    record FromProcess(ProcessEvent event) implements ShardCommand {}

    /** The endpoint for the predecessor listens, or could not be opened. */
    record Listening(Optional<PeerEndpoint.Open> endpoint) implements ShardCommand {}

    /** The state to resume from lies here, verified; empty means from the beginning. */
    record Restored(Optional<Path> directory) implements ShardCommand {}

    /** The checkpoint is not valid. */
    record RestoreFailed(CheckpointRef bad, String reason) implements ShardCommand {}

    /** The store did not answer as it should: to be tried again. */
    record RestoreTroubled(CheckpointRef ref, String reason) implements ShardCommand {}

    /** It is time to try the restore again. */
    record RestoreAgain(CheckpointRef ref) implements ShardCommand {}

    /** The save under way is a checkpoint now. */
    record Published(CheckpointRef ref, double millis) implements ShardCommand {}

    /**
     * The save under way could not be published.
     *
     * @param isFinal whether it never can: what the program saved is no checkpoint
     */
    record NotPublished(int step, String reason, boolean isFinal) implements ShardCommand {}

    /** Files and log of a released lease are dealt with. */
    record Cleaned() implements ShardCommand {}

    /** A time was reached. */
    enum Tick implements ShardCommand {
        SHIP_LOG,
        READY_BOUND,
        TAKE_AGAIN,
        PREPARE_BOUND,
        STOP_DEADLINE,
        RETRY_SAVE,
        LINGER
    }
}
