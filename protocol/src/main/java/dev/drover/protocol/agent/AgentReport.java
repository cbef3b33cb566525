package dev.drover.protocol.agent;

import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.shard.StepRecord;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an agent tells a scheduler. */
public sealed interface AgentReport {
    /**
     * The first frame on every connection.
     *
     * @param incarnation changes with each start of the agent process
     * @param token the join token from the instance's user data. A secret
     * @param readsSeveral whether it reads frames of several commands ({@link AgentWire#encode(java.util.List)})
     */
    record Hello(NodeId node, PoolName pool, String incarnation, String token, String version, boolean readsSeveral)
            implements AgentReport {
        @Override
        public String toString() {
            return "Hello[" + node + " " + incarnation + " " + version + "]";
        }
    }

    /**
     * The heartbeat, sent at once when anything changes.
     *
     * @param sequence grows with each status of one incarnation; an older one is ignored
     * @param notice the eviction notice, once there is one
     * @param rebalanceSince since when its cloud says that the node is more likely than others to be taken, while it says so. It may
     *     say so for ever, and take other nodes
     */
    record Status(
            NodeId node,
            String incarnation,
            long sequence,
            @Nullable EvictionNotice notice,
            @Nullable Instant rebalanceSince,
            List<ShardStatus> shards)
            implements AgentReport {
        /** Of a node without a rebalance signal. */
        public Status(
                NodeId node,
                String incarnation,
                long sequence,
                @Nullable EvictionNotice notice,
                List<ShardStatus> shards) {
            this(node, incarnation, sequence, notice, null, shards);
        }
    }

    /** Steps of one lease, in order. May be thinned or repeated; the checkpoint's {@code steps.ndjson} is complete. */
    record Telemetry(Lease lease, List<StepRecord> steps) implements AgentReport {}
}
