package dev.drover.planning.state;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.Resources;
import java.util.Optional;
import org.pcollections.TreePSet;

/**
 * What is on a node and promised it.
 *
 * @param running how many shards run there, or are placed
 * @param handingOff how many of those are on their way to another node
 * @param accelerators what all of them need together
 * @param memoryBytes likewise
 */
public record Load(TreePSet<ShardId> shards, int running, int handingOff, long accelerators, long memoryBytes) {
    static final Load NONE = new Load(TreePSet.empty(), 0, 0, 0, 0);

    Load with(NodeId node, Shard shard, Resources need) {
        return changed(shards.plus(shard.id()), 1, node, shard, need);
    }

    Load without(NodeId node, Shard shard, Resources need) {
        return changed(shards.minus(shard.id()), -1, node, shard, need);
    }

    private Load changed(TreePSet<ShardId> all, int by, NodeId node, Shard shard, Resources need) {
        boolean runs = shard.node().equals(Optional.of(node));
        boolean leaves = runs
                && shard.state() == ShardState.HANDING_OFF
                && shard.target().isPresent();
        return new Load(
                all,
                running + (runs ? by : 0),
                handingOff + (leaves ? by : 0),
                accelerators + (long) by * need.count(),
                memoryBytes + by * need.memory().bytes());
    }

    boolean isEmpty() {
        return shards.isEmpty();
    }

    /** Everything that runs there is on its way to another node. */
    public boolean isBeingLeft() {
        return running > 0 && handingOff == running;
    }

    /** Something that runs there has no successor yet. */
    boolean hasUnreplaced() {
        return running > handingOff;
    }
}
