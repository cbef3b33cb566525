package dev.drover.planning;

import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;

/** When the next generation of a shard may be granted. */
final class Grants {
    static final Reason FIRST = Reason.of(Code.FIRST_PLACEMENT, "The first placement.");

    private Grants() {}

    /** Nobody runs the shard, and the node that is to run it next is a ready member: of a gang, the nodes of all. */
    static boolean isDue(PoolState state, Shard shard) {
        return isPromisedReady(state, shard)
                && Gangs.with(state, shard).stream().allMatch(other -> isPromisedReady(state, other));
    }

    static boolean isPromisedReady(PoolState state, Shard shard) {
        return shard.isLive()
                && shard.node().isEmpty()
                && shard.target()
                        .flatMap(state::node)
                        .filter(node -> node.phase() == NodePhase.READY)
                        .flatMap(Node::instance)
                        .isPresent();
    }
}
