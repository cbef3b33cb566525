package dev.drover.planning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.state.Index;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Roster;
import dev.drover.planning.state.Shard;
import dev.drover.planning.state.WorkQueue;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.ShardState;
import java.util.ArrayList;
import java.util.List;

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
        assertThat(waiting(index.occupancy().queue()))
                .isEqualTo(live.stream().filter(Shard::needsNode).map(Shard::id).toList());
        assertThat(index.occupancy().unsettled())
                .containsExactlyElementsOf(live.stream()
                        .filter(shard -> shard.target().isPresent() || shard.state() == ShardState.PLACED)
                        .map(Shard::id)
                        .sorted()
                        .toList());
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

    private static List<ShardId> waiting(WorkQueue queue) {
        List<ShardId> all = new ArrayList<>();
        WorkQueue.Walk walk = queue.walk();
        while (walk.hasNext()) {
            all.add(walk.next());
        }
        return all;
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
        assertThat(roster.taking())
                .isEqualTo((int) nodes.stream().filter(Node::takesWork).count());
        assertThat(roster.idle())
                .containsExactlyElementsOf(nodes.stream()
                        .map(Node::id)
                        .filter(node -> state.runningOn(node).isEmpty()
                                && state.targeting(node).isEmpty())
                        .toList());
    }

    private static boolean isBeingLeft(PoolState state, NodeId node) {
        List<Shard> shards = state.runningOn(node);
        return !shards.isEmpty() && shards.stream().allMatch(shard -> shard.state() == ShardState.HANDING_OFF);
    }
}
