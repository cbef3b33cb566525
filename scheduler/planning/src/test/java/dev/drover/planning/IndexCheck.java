package dev.drover.planning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.state.Index;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.Occupancy;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Roster;
import dev.drover.planning.state.Shard;
import dev.drover.planning.state.WorkQueue;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.Resources;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A pool's index against what it stands for, reckoned the long way. */
final class IndexCheck {
    private IndexCheck() {}

    static void check(PoolState state) {
        Index index = state.index();
        assertThat(index).as("as a snapshot rebuilds it").isEqualTo(rebuilt(state));
        List<Shard> live = state.liveShards().toList();
        assertThat(index.occupancy().live()).isEqualTo(live.size());
        assertThat(index.occupancy().running()).isEqualTo((int)
                live.stream().filter(shard -> shard.node().isPresent()).count());
        assertThat(waiting(index.occupancy())).isEqualTo(inOrderOfWork(state, live));
        assertThat(index.occupancy().unsettled())
                .containsExactlyElementsOf(live.stream()
                        .filter(shard -> shard.target().isPresent()
                                || shard.state() == ShardState.PLACED
                                || shard.state() == ShardState.HANDING_OFF)
                        .map(Shard::id)
                        .sorted()
                        .toList());
        assertThat(index.occupancy().priorities())
                .isEqualTo(live.stream()
                        .filter(shard -> shard.node().isPresent())
                        .collect(Collectors.toMap(
                                shard -> job(state, shard.id())
                                        .spec()
                                        .scheduling()
                                        .priority(),
                                shard -> 1,
                                Integer::sum)));
        assertThat(index.ended())
                .containsExactlyElementsOf(state.jobs().values().stream()
                        .filter(job -> job.shards().stream().noneMatch(Shard::isLive))
                        .map(Job::id)
                        .sorted()
                        .toList());
        state.nodes().values().forEach(node -> checkPlaced(state, live, node));
        checkRoster(state);
    }

    private static Index rebuilt(PoolState state) {
        return PoolState.of(
                        state.spec(),
                        state.paused(),
                        state.nodes(),
                        state.jobs(),
                        state.order(),
                        state.jobsSubmitted(),
                        state.archived(),
                        state.nodesRequested(),
                        state.ledger())
                .index();
    }

    private static List<ShardId> waiting(Occupancy occupancy) {
        List<ShardId> all = new ArrayList<>();
        WorkQueue.Walk walk = occupancy.queue().walk();
        for (Optional<ShardId> next = walk.next(occupancy); next.isPresent(); next = walk.next(occupancy)) {
            all.add(next.get());
        }
        return all;
    }

    /** By priority, then by what the owner holds, then as they come: by age. */
    private static List<ShardId> inOrderOfWork(PoolState state, List<Shard> live) {
        return live.stream()
                .filter(Shard::needsNode)
                .map(Shard::id)
                .filter(id -> isFree(state, job(state, id)))
                .sorted(Comparator.comparing((ShardId id) ->
                                job(state, id).spec().scheduling().priority())
                        .reversed()
                        .thenComparing(id -> held(state, live, id)))
                .toList();
    }

    private static boolean isFree(PoolState state, Job job) {
        return job.spec().scheduling().after().stream()
                .flatMap(awaited -> state.job(awaited).stream())
                .allMatch(awaited -> awaited.finished().equals(Optional.of(JobState.SUCCEEDED)));
    }

    private static int held(PoolState state, List<Shard> live, ShardId id) {
        String accelerator = job(state, id).spec().resources().accelerator();
        return live.stream()
                .filter(shard -> shard.node().isPresent() || shard.target().isPresent())
                .map(shard -> job(state, shard.id()))
                .filter(job -> job.owner().equals(job(state, id).owner()))
                .map(job -> job.spec().resources())
                .filter(need -> need.accelerator().equals(accelerator))
                .mapToInt(Resources::count)
                .sum();
    }

    private static Job job(PoolState state, ShardId id) {
        return state.job(id.job()).orElseThrow();
    }

    private static void checkPlaced(PoolState state, List<Shard> live, Node node) {
        assertThat(state.placedOn(node.id()))
                .as("on " + node.id())
                .containsExactlyElementsOf(live.stream()
                        .filter(shard -> shard.node().filter(node.id()::equals).isPresent()
                                || shard.target().filter(node.id()::equals).isPresent())
                        .sorted((one, two) -> one.id().compareTo(two.id()))
                        .toList());
    }

    private static void checkRoster(PoolState state) {
        Roster roster = state.index().roster();
        List<Node> nodes = List.copyOf(state.nodes().values());
        List<NodeId> standing = nodes.stream()
                .filter(Node::takesWork)
                .filter(node -> !isBeingLeft(state, node.id()))
                .map(Node::id)
                .toList();
        assertThat(roster.standingNodes().toList()).isEqualTo(standing);
        assertThat(roster.standing()).isEqualTo(standing.size());
        assertThat(roster.idle())
                .containsExactlyElementsOf(nodes.stream()
                        .map(Node::id)
                        .filter(node -> state.runningOn(node).isEmpty()
                                && state.targeting(node).isEmpty())
                        .toList());
    }

    private static boolean isBeingLeft(PoolState state, NodeId node) {
        List<Shard> shards = state.runningOn(node);
        return !shards.isEmpty()
                && shards.stream()
                        .allMatch(shard -> shard.state() == ShardState.HANDING_OFF
                                && shard.target().isPresent());
    }
}
