package dev.drover.planning;

import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.Ladder;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Roster;
import dev.drover.planning.state.Shard;
import dev.drover.planning.state.WorkQueue;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.pool.PoolSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Which shards fit on which nodes. Shards of different sizes may share a node, so what they need is added up. */
final class Slots {
    private Slots() {}

    /** Whether the shard fits beside all that is on the node and promised it. Resources not yet obtained are as hoped for. */
    static boolean hasRoom(PoolState state, Observations seen, NodeId id, Shard shard) {
        return fit(state, state.node(id).flatMap(node -> resources(node, seen)), id, Stream.of(shard));
    }

    /**
     * The standing node to put the shard on: of those that have room the first in {@link Roster.Berth}'s order, one of {@code
     * last} only where no other has.
     */
    static Optional<Node> firstWithRoom(
            PoolState state, Observations seen, Shard shard, Predicate<Node> suitable, Set<NodeId> last) {
        Predicate<Node> fits = node -> suitable.test(node) && hasRoom(state, seen, node.id(), shard);
        return state.index().roster().berths().entrySet().stream()
                .filter(alike -> leavesRoom(state, alike.getKey(), shard, seen))
                .flatMap(alike -> alike.getValue().stream()
                        .filter(berth -> !last.contains(berth.node())
                                && state.node(berth.node()).filter(fits).isPresent())
                        .limit(1))
                .min(Comparator.naturalOrder())
                .flatMap(berth -> state.node(berth.node()))
                .or(() -> last.stream()
                        .flatMap(id -> state.node(id).stream())
                        .filter(node -> Room.stands(state, node) && fits.test(node))
                        .min(Comparator.comparing(Roster.Berth::of)));
    }

    private static boolean leavesRoom(PoolState state, Roster.Shape shape, Shard shard, Observations seen) {
        return shape.has()
                .or(() -> offered(shape.hopedFrom(), seen))
                .filter(all -> shape.leaves(all, needOn(state, shard, all)))
                .isPresent();
    }

    /** Whether the shard fits on the node that was obtained. */
    static boolean hasRoom(PoolState state, NodeId id, Shard shard) {
        return fit(state, state.node(id).flatMap(Slots::obtained), id, Stream.of(shard));
    }

    /** Whether more was put on the node, or promised it, than it turned out to have. */
    static boolean isOverfull(PoolState state, NodeId id) {
        return !fit(state, state.node(id).flatMap(Slots::obtained), id, Stream.empty());
    }

    /** How many shards that need this have room on the nodes that there are, as far as is known or hoped. */
    static long free(PoolState state, Observations seen, Resources need) {
        return state.index().roster().berths().entrySet().stream()
                .mapToLong(alike -> alike.getValue().size()
                        * alike.getKey()
                                .has()
                                .or(() -> offered(alike.getKey().hopedFrom(), seen))
                                .map(all -> alike.getKey().free(all, need))
                                .orElse(0L))
                .sum();
    }

    /** How many shards that need this go on the largest node that the pool may buy. */
    static int mostPerNode(PoolSpec pool, Observations seen, Resources need) {
        return seen.offers().values().stream()
                .filter(offer -> offer.market().provider().equals(pool.provider()))
                .filter(offer -> pool.zones().isEmpty()
                        || pool.zones().contains(offer.market().zone()))
                .filter(offer -> pool.instanceTypes().isEmpty()
                        || pool.instanceTypes().contains(offer.market().instanceType()))
                .mapToInt(offer -> offer.resources().slotsFor(need))
                .max()
                .orElse(0);
    }

    static Resources need(PoolState state, Shard shard) {
        return state.job(shard.id().job()).map(Job::spec).orElseThrow().resources();
    }

    /** Shards that find no room alike. */
    static WorkQueue.Size size(PoolState state, Shard shard) {
        return state.job(shard.id().job()).map(WorkQueue.Size::of).orElseThrow();
    }

    /** What the shard takes of such a machine; what it asked for itself where its accelerator is not on the ladder. */
    private static Resources needOn(PoolState state, Shard shard, Resources machine) {
        JobSpec job = state.job(shard.id().job()).map(Job::spec).orElseThrow();
        return Ladder.needOn(state.spec().orElseThrow(), job, machine.accelerator())
                .orElse(job.resources());
    }

    private static boolean fit(PoolState state, Optional<Resources> has, NodeId id, Stream<Shard> more) {
        List<Shard> shards = Stream.of(state.runningOn(id).stream(), state.targeting(id).stream(), more)
                .flatMap(some -> some)
                .distinct()
                .toList();
        return has.filter(all -> holds(
                        all,
                        shards.stream().map(shard -> needOn(state, shard, all)).toList()))
                .isPresent();
    }

    private static boolean holds(Resources all, List<Resources> needs) {
        return needs.stream().allMatch(need -> all.slotsFor(need) > 0)
                && needs.stream().mapToLong(Resources::count).sum() <= all.count()
                && needs.stream().mapToLong(need -> need.memory().bytes()).sum()
                        <= all.memory().bytes();
    }

    private static Optional<Resources> obtained(Node node) {
        return node.instance().map(Node.Instance::resources);
    }

    private static Optional<Resources> resources(Node node, Observations seen) {
        return obtained(node).or(() -> offered(node.wanted(), seen));
    }

    /** What a node of the first of these markets that is still offered will have. */
    static Optional<Resources> offered(List<Market> wanted, Observations seen) {
        return wanted.stream()
                .map(seen.offers()::get)
                .filter(Objects::nonNull)
                .findFirst()
                .map(Offer::resources);
    }
}
