package dev.drover.protocol.agent;

import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.pool.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a scheduler tells an agent. Every command may arrive twice or late: all are idempotent. */
public sealed interface AgentCommand {
    /** The agent is a member of its pool. Also the renewal: sent on every heartbeat that is accepted. */
    record Welcome(LeaseSpec lease, boolean preferWarm, Instant runUntil) implements AgentCommand {}

    /**
     * What was said has arrived at this scheduler; whether the pool heard of it is another matter. Sent where the pool does not answer, so that an agent
     * does not leave a connection that works while its pool moves.
     */
    record Heard() implements AgentCommand {}

    /** The node is not, or no longer, a member: it fences its shards and ends its instance. */
    record Refuse(String reason) implements AgentCommand {}

    /** Get ready to take over a shard; report {@code PREPARED} with a handoff target. Grants nothing. */
    record Prepare(Lease lease, ShardTask task) implements AgentCommand {}

    /** The lease is granted: train, from {@code resumeFrom} or from the beginning. */
    record Run(Lease lease, ShardTask task, @Nullable CheckpointRef resumeFrom) implements AgentCommand {}

    /**
     * Stop at the next step boundary, save, publish to the store and push to {@code target} if there is one; then report
     * {@code STOPPED}.
     */
    record HandOff(Lease lease, @Nullable HandoffTarget target, Instant deadline) implements AgentCommand {}

    /** The lease is over, whatever its phase: kill its process, publish nothing more, forget it. */
    record Release(Lease lease, String reason) implements AgentCommand {}

    /** Behave as if the cloud had given notice. */
    record Drill(Duration notice) implements AgentCommand {}
}
