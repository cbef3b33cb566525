package dev.drover.planning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Resources;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What must hold after every step, whatever came in. */
final class Invariants {
    private final Set<Lease> granted = new HashSet<>();
    private final Books books = new Books();
    private final BudgetCheck budgets = new BudgetCheck();

    void check(PoolState before, PoolState after, Decision decision, Instant now) {
        PoolState state = before;
        for (PoolEvent event : decision.events()) {
            if (event instanceof PoolEvent.ShardGranted grant) {
                grant(state, grant);
            }
            if (event instanceof PoolEvent.NodeRequested) {
                assertThat(state.index().roster().standing())
                        .as("nodes before one more is asked for")
                        .isLessThanOrEqualTo(state.spec().orElseThrow().maxNodes());
            }
            books.note(state, event);
            state = state.apply(event);
        }
        IndexCheck.check(after);
        generationsGrow(before, after);
        after.nodes().values().forEach(node -> nothingOverPromised(after, node));
        decision.intents().forEach(intent -> concernsKnownNode(after, intent));
        books.check(after);
        budgets.check(after, now);
        after.jobs().values().forEach(Invariants::gangStartsTogether);
    }

    void checkSame(List<Intent> once, List<Intent> again) {
        assertThat(again).isEqualTo(once);
        assertThat(new HashSet<>(once)).as("no intent twice").hasSameSizeAs(once);
    }

    private void grant(PoolState state, PoolEvent.ShardGranted grant) {
        assertThat(granted.add(grant.lease()))
                .as(grant.lease() + " is granted once")
                .isTrue();
        Shard shard = state.shard(grant.lease().shard()).orElseThrow();
        assertThat(shard.isLive()).isTrue();
        assertThat(shard.node()).as("nobody else holds " + shard.id()).isEmpty();
        assertThat(grant.lease().generation()).isEqualTo(shard.generation() + 1);
        assertThat(state.node(grant.node()).flatMap(Node::instance)).isPresent();
        grant.resumeFrom()
                .ifPresent(ref -> assertThat(shard.counts(ref))
                        .as(ref + " counts at " + grant.lease())
                        .isTrue());
    }

    /** All shards of a gang that has not started have a slot, or none has; and then all start. */
    private static void gangStartsTogether(Job job) {
        if (job.isLive() && job.spec().scheduling().gang()) {
            List<Shard> waiting = job.shards().stream()
                    .filter(shard -> shard.generation() == 0)
                    .toList();
            assertThat(waiting.size())
                    .as("not started of gang " + job.id())
                    .isIn(0, job.shards().size());
            assertThat(waiting.stream()
                            .filter(shard -> shard.target().isPresent())
                            .count())
                    .as("slots of gang " + job.id())
                    .isIn(0L, (long) waiting.size());
        }
    }

    private static void generationsGrow(PoolState before, PoolState after) {
        after.liveShards().forEach(shard -> {
            int last = before.shard(shard.id()).map(Shard::generation).orElse(0);
            assertThat(shard.generation())
                    .as("generation of " + shard.id())
                    .isGreaterThanOrEqualTo(last)
                    .isEqualTo(shard.attempts().size());
        });
    }

    private static void nothingOverPromised(PoolState state, Node node) {
        Optional<Resources> has = node.instance().map(Node.Instance::resources);
        if (has.isEmpty()) {
            assertThat(state.runningOn(node.id())).isEmpty();
            return;
        }
        int needed = Stream.concat(state.runningOn(node.id()).stream(), state.targeting(node.id()).stream())
                .distinct()
                .map(shard -> state.job(shard.id().job()).orElseThrow().spec().resources())
                .mapToInt(Resources::count)
                .sum();
        assertThat(needed)
                .as("promised on " + node.id())
                .isLessThanOrEqualTo(has.get().count());
    }

    private static void concernsKnownNode(PoolState state, Intent intent) {
        Optional<NodeId> node = switch (intent) {
            case Intent.LaunchNode launch -> Optional.of(launch.node());
            case Intent.KillNode kill -> Optional.of(kill.node());
            case Intent.ProbeNode probe -> Optional.of(probe.node());
            case Intent.TellAgent(NodeId told, AgentCommand command) ->
                command instanceof AgentCommand.Refuse ? Optional.empty() : Optional.of(told);
            // An instance that came too late belongs to no node, and is ended for that.
            case Intent.TerminateNode ignored -> Optional.empty();
            case Intent.ReadCheckpoints ignored -> Optional.empty();
            case Intent.Archive ignored -> Optional.empty();
        };
        node.ifPresent(
                id -> assertThat(state.node(id)).as("the node of " + intent).isPresent());
    }
}
