package dev.drover.planning.state;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.market.Resources;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePSet;

/**
 * Where the shards are: on nodes, promised to them, or waiting for one. An index over the jobs; derived, never journalled.
 *
 * @param byNode what is on each node or promised it; only nodes that have something
 * @param unsettled live shards that are promised a node, or placed on one and not yet started
 * @param queue live shards that need a node
 * @param live how many shards have not ended
 * @param running how many of them are on a node
 */
public record Occupancy(
        PMap<NodeId, Load> byNode, TreePSet<ShardId> unsettled, WorkQueue queue, int live, int running) {
    static final Occupancy EMPTY = new Occupancy(HashTreePMap.empty(), TreePSet.empty(), WorkQueue.EMPTY, 0, 0);

    public Load on(NodeId node) {
        return byNode.getOrDefault(node, Load.NONE);
    }

    /** What changes when a shard of {@code job}, the {@code number}-th that was submitted, is as it is now. */
    Occupancy with(Job job, long number, Shard shard) {
        Resources need = job.spec().resources();
        PMap<NodeId, Load> loads = byNode;
        for (NodeId node : places(shard)) {
            loads = loads.plus(node, on(node).with(node, shard, need));
        }
        return new Occupancy(
                loads,
                shard.isUnsettled() ? unsettled.plus(shard.id()) : unsettled,
                shard.needsNode() ? queue.with(WorkQueue.Size.of(job), new WorkQueue.Turn(number, shard.id())) : queue,
                live + (shard.isLive() ? 1 : 0),
                running + (shard.node().isPresent() ? 1 : 0));
    }

    /** As if the shard, which is as {@link #with} was told, had never been there. */
    Occupancy without(Job job, long number, Shard shard) {
        Resources need = job.spec().resources();
        PMap<NodeId, Load> loads = byNode;
        for (NodeId node : places(shard)) {
            Load rest = on(node).without(node, shard, need);
            loads = rest.isEmpty() ? loads.minus(node) : loads.plus(node, rest);
        }
        return new Occupancy(
                loads,
                unsettled.minus(shard.id()),
                shard.needsNode()
                        ? queue.without(WorkQueue.Size.of(job), new WorkQueue.Turn(number, shard.id()))
                        : queue,
                live - (shard.isLive() ? 1 : 0),
                running - (shard.node().isPresent() ? 1 : 0));
    }

    /** Whether the two differ in nothing that is kept here. */
    static boolean isSame(Shard one, Shard other) {
        return one.node().equals(other.node()) && one.target().equals(other.target()) && one.state() == other.state();
    }

    /** Where the shard is and where it is to be. */
    static List<NodeId> places(Shard shard) {
        return Stream.of(shard.node(), shard.target())
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }
}
