package dev.drover.planning;

import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.market.Market;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What should be under way outside. Every intent follows from state and observations alone, so it is derived again after a
 * crash and on a slow tick; executors are idempotent and skip what they are already doing.
 */
public sealed interface Intent {
    /** Launch an instance for {@code node} in the first of {@code markets} that has one. The node's id is the client token. */
    record LaunchNode(NodeId node, List<Market> markets) implements Intent {
        public LaunchNode {
            markets = List.copyOf(markets);
        }
    }

    /** End the node's instance. */
    record TerminateNode(NodeId node) implements Intent {}

    /** End the node's instance without any warning: a drill. */
    record KillNode(NodeId node) implements Intent {}

    /** Ask the provider whether the node's instance still exists. */
    record ProbeNode(NodeId node) implements Intent {}

    /** Tell the node's agent. Lost when it is not connected; sent again when its next status shows the need. */
    record TellAgent(NodeId node, AgentCommand command) implements Intent {}

    /**
     * Read which checkpoints of generations up to {@code generation} the store holds, before the next is granted.
     *
     * @param since when the shard came to wait for it; an answer to an earlier question may miss what was saved meanwhile
     * @param doubted to be read as a whole: a node says that it is not valid
     */
    record ReadCheckpoints(ShardId shard, int generation, Instant since, Optional<CheckpointRef> doubted)
            implements Intent {}

    /** Put a finished job into the read model. */
    record Archive(JobView job) implements Intent {}
}
