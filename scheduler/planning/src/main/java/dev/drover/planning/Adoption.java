package dev.drover.planning;

import dev.drover.planning.state.Attempt;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import java.util.Optional;

/** Healthy work that was only not heard of: its node fell silent, and nothing newer was granted since. */
final class Adoption {
    private Adoption() {}

    /**
     * Whether {@code lease} goes on where it is, should {@code node} come back with it. Until the next generation is granted
     * such a lease is neither fenced nor given up.
     */
    static boolean isOpen(PoolState state, Shard shard, Lease lease, NodeId node) {
        return shard.generation() == lease.generation() && isLeftOn(shard, node) && Slots.hasRoom(state, node, shard);
    }

    /** Whether there is a shard that would go on where it is, should {@code node} come back. Looks at every live shard. */
    static boolean isAwaited(PoolState state, NodeId node) {
        return state.liveShards().anyMatch(shard -> isLeftOn(shard, node));
    }

    private static boolean isLeftOn(Shard shard, NodeId node) {
        Optional<Attempt> last = shard.lastAttempt();
        return shard.isLive()
                && shard.node().isEmpty()
                && last.filter(attempt -> attempt.node().equals(node)).isPresent()
                && last.flatMap(Attempt::endedBecause).map(Reason::code).equals(Optional.of(Code.NODE_SILENT));
    }
}
