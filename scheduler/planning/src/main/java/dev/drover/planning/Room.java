package dev.drover.planning;

import dev.drover.planning.state.Node;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.ShardState;
import java.util.List;
import java.util.Optional;

/**
 * How many nodes the pool has against how many it may have. Nodes that are being left do not count: their successors must
 * come up before they go, so a full pool still moves, by one node more for the time of the move.
 */
final class Room {
    private Room() {}

    /** Whether one more node may be launched, {@code inPlaceOf} one that is to be left or besides all others. */
    static boolean isLeft(Draft draft, Optional<NodeId> inPlaceOf) {
        long others = standing(draft.state()).stream()
                .filter(node -> !inPlaceOf.equals(Optional.of(node.id())))
                .count();
        return others < draft.spec().maxNodes();
    }

    /** The nodes that count. */
    static List<Node> standing(PoolState state) {
        return state.nodes().values().stream()
                .filter(Node::takesWork)
                .filter(node -> !isBeingLeft(state, node.id()))
                .toList();
    }

    /** Everything that runs there is on its way to another node. */
    static boolean isBeingLeft(PoolState state, NodeId node) {
        List<Shard> shards = state.runningOn(node);
        return !shards.isEmpty() && shards.stream().allMatch(shard -> shard.state() == ShardState.HANDING_OFF);
    }
}
