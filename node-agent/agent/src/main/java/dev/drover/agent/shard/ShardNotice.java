package dev.drover.agent.shard;

import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.StepRecord;

/** What a shard's actor tells its node. */
public sealed interface ShardNotice {
    /**
     * How the lease stands now.
     *
     * @param urgent more than progress: the scheduler should hear of it at once
     */
    record Changed(ShardStatus status, boolean urgent) implements ShardNotice {}

    /** A step, for the live stream. */
    record Stepped(Lease lease, StepRecord record) implements ShardNotice {}

    /** The lease was released, and nothing of it is left. */
    record Gone(Lease lease) implements ShardNotice {}
}
