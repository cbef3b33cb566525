package dev.drover.planning;

import dev.drover.planning.input.Observations;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import java.util.Objects;
import java.util.Optional;

/** Which shards fit on which nodes. */
final class Slots {
    private Slots() {}

    /**
     * Slots of {@code shard}'s size left on the node after all shards on it and promised it, itself included if it is one of
     * them. Negative when more is promised than fits. Resources of a node not yet obtained are those of its first market.
     */
    static int free(PoolState state, Observations seen, NodeId id, Shard shard) {
        Optional<Resources> has = state.node(id).flatMap(node -> resources(node, seen));
        Optional<Resources> need = state.job(shard.id().job()).map(Slots::need);
        if (has.isEmpty() || need.isEmpty()) {
            return -1;
        }
        int taken = state.runningOn(id).size();
        for (Shard promised : state.targeting(id)) {
            taken += promised.node().equals(Optional.of(id)) ? 0 : 1;
        }
        return has.get().slotsFor(need.get()) - taken;
    }

    static Resources need(Job job) {
        return job.spec().resources();
    }

    static Optional<Resources> resources(Node node, Observations seen) {
        return node.instance()
                .map(Node.Instance::resources)
                .or(() -> node.wanted().stream()
                        .map(seen.offers()::get)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .map(Offer::resources));
    }
}
