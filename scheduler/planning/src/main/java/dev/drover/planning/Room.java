package dev.drover.planning;

import dev.drover.planning.state.Node;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.id.NodeId;
import java.util.Optional;

/**
 * How many nodes the pool has against how many it may have. Nodes that are being left do not count: their successors must
 * come up before they go, so a full pool still moves, by one node more for the time of the move.
 */
final class Room {
    private Room() {}

    /** Whether one more node may be launched, {@code inPlaceOf} one that is to be left or besides all others. */
    static boolean isLeft(PoolState state, Optional<NodeId> inPlaceOf) {
        boolean gives = inPlaceOf
                .flatMap(state::node)
                .filter(node -> stands(state, node))
                .isPresent();
        int others = state.index().roster().standing() - (gives ? 1 : 0);
        return others < state.spec().orElseThrow().maxNodes();
    }

    /** Whether the node counts. */
    static boolean stands(PoolState state, Node node) {
        return node.takesWork() && !state.index().occupancy().on(node.id()).isBeingLeft();
    }
}
