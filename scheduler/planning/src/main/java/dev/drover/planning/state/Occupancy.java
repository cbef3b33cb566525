package dev.drover.planning.state;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.market.Resources;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * Where the shards are: on nodes, promised to them, or waiting for one. An index over the jobs; derived, never journalled.
 *
 * @param byNode what is on each node or promised it; only nodes that have something
 * @param unsettled live shards that are promised a node, or placed on one and not yet started
 * @param queue live shards that need a node and wait for no other job
 * @param held how many accelerators of a kind the placed and promised shards of an owner take
 * @param priorities how many shards there are on nodes, by the priority of their job
 * @param live how many shards have not ended
 * @param running how many of them are on a node
 */
public record Occupancy(
        PMap<NodeId, Load> byNode,
        TreePSet<ShardId> unsettled,
        WorkQueue queue,
        PMap<Holding, Long> held,
        TreePMap<Integer, Integer> priorities,
        int live,
        int running) {
    static final Occupancy EMPTY = new Occupancy(
            HashTreePMap.empty(), TreePSet.empty(), WorkQueue.EMPTY, HashTreePMap.empty(), TreePMap.empty(), 0, 0);

    /** What an owner's share is reckoned by. */
    public record Holding(String owner, String accelerator) {}

    public Load on(NodeId node) {
        return byNode.getOrDefault(node, Load.NONE);
    }

    /** How many accelerators of the kind the owner's shards have, or are promised; a shard that moves counts once. */
    public long heldBy(String owner, String accelerator) {
        return held.getOrDefault(new Holding(owner, accelerator), 0L);
    }

    /**
     * What changes when a shard of {@code job}, the {@code number}-th that was submitted, is as it is now.
     *
     * @param held whether the job waits for others
     */
    Occupancy with(Job job, long number, Shard shard, boolean held) {
        Resources need = job.spec().resources();
        PMap<NodeId, Load> loads = byNode;
        for (NodeId node : places(shard)) {
            loads = loads.plus(node, on(node).with(node, shard, need));
        }
        return new Occupancy(
                loads,
                shard.isUnsettled() ? unsettled.plus(shard.id()) : unsettled,
                shard.needsNode() && !held
                        ? queue.with(WorkQueue.Line.of(job, shard), new WorkQueue.Turn(number, shard.id()))
                        : queue,
                holding(job, shard, 1),
                priorities(job, shard, 1),
                live + (shard.isLive() ? 1 : 0),
                running + (shard.node().isPresent() ? 1 : 0));
    }

    /** As if the shard, which is as {@link #with} was told, had never been there. */
    Occupancy without(Job job, long number, Shard shard, boolean held) {
        Resources need = job.spec().resources();
        PMap<NodeId, Load> loads = byNode;
        for (NodeId node : places(shard)) {
            Load rest = on(node).without(node, shard, need);
            loads = rest.isEmpty() ? loads.minus(node) : loads.plus(node, rest);
        }
        return new Occupancy(
                loads,
                unsettled.minus(shard.id()),
                shard.needsNode() && !held
                        ? queue.without(WorkQueue.Line.of(job, shard), new WorkQueue.Turn(number, shard.id()))
                        : queue,
                holding(job, shard, -1),
                priorities(job, shard, -1),
                live - (shard.isLive() ? 1 : 0),
                running - (shard.node().isPresent() ? 1 : 0));
    }

    /** The job waits for no others any more. */
    Occupancy freed(Job job, long number) {
        Occupancy freed = this;
        for (Shard shard : job.shards()) {
            freed = freed.without(job, number, shard, true).with(job, number, shard, false);
        }
        return freed;
    }

    private PMap<Holding, Long> holding(Job job, Shard shard, int by) {
        if (places(shard).isEmpty()) {
            return held;
        }
        Resources need = job.spec().resources();
        Holding holding = new Holding(job.owner(), need.accelerator());
        long all = held.getOrDefault(holding, 0L) + (long) by * need.count();
        return all == 0 ? held.minus(holding) : held.plus(holding, all);
    }

    private TreePMap<Integer, Integer> priorities(Job job, Shard shard, int by) {
        if (shard.node().isEmpty()) {
            return priorities;
        }
        int priority = job.spec().scheduling().priority();
        int all = priorities.getOrDefault(priority, 0) + by;
        return all == 0 ? priorities.minus(priority) : priorities.plus(priority, all);
    }

    /** Whether anything of less than this priority is on a node. */
    public boolean hasWorse(int priority) {
        return !priorities.isEmpty() && priorities.firstKey() < priority;
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
