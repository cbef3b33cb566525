package dev.drover.protocol.agent;

import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.shard.StepRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an agent tells a scheduler. */
public sealed interface AgentReport {
    /**
     * The first frame on every connection.
     *
     * @param incarnation changes with each start of the agent process
     * @param token the join token from the instance's user data. A secret
     */
    record Hello(NodeId node, PoolName pool, String incarnation, String token, String version) implements AgentReport {
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
     */
    record Status(
            NodeId node,
            String incarnation,
            long sequence,
            @Nullable EvictionNotice notice,
            List<ShardStatus> shards) implements AgentReport {}

    /** Steps of one lease, in order. May be thinned or repeated; the checkpoint's {@code steps.ndjson} is complete. */
    record Telemetry(Lease lease, List<StepRecord> steps) implements AgentReport {}
}
