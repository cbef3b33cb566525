package dev.drover.planning;

import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.SHARD;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.node;
import static dev.drover.planning.Specs.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.input.Interruptions;
import dev.drover.planning.state.NodePhase;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node is told that must let a shard go: enough time where nobody hurries, and no renewal before it has. */
class LettingGoTest {
    private final FakeWorld world = FakeWorld.of(pool(), 1);

    private void running() {
        world.steps(100_000);
        world.submit(JOB, job(1, 1));
        world.until(60, () -> world.published(SHARD).size() == 1);
    }

    private <C extends AgentCommand> List<C> told(NodeId node, Class<C> type) {
        return world.handedOut.stream()
                .filter(Intent.TellAgent.class::isInstance)
                .map(Intent.TellAgent.class::cast)
                .filter(tell -> tell.node().equals(node))
                .map(Intent.TellAgent::command)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private void assertUnhurried(AgentCommand.HandOff order) {
        Duration left = Duration.between(world.pool.now(), order.deadline());
        assertThat(left).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(10));
    }

    @Test
    void whatIsScaledDownHasMinutesToSaveHoweverLongItRan() {
        running();
        world.seconds(600);
        world.ask(new PoolCommand.ScalePool(0, 0));
        assertUnhurried(told(node(1), AgentCommand.HandOff.class).getFirst());
    }

    @Test
    void whatIsDrainedHasMinutesToSaveHoweverLongItsSuccessorTook() {
        running();
        world.cloudAway = true;
        world.ask(new PoolCommand.DrainNode(node(1)));
        world.seconds(900);
        assertThat(told(node(1), AgentCommand.HandOff.class)).isEmpty();
        world.cloudAway = false;
        world.until(60, () -> !told(node(1), AgentCommand.HandOff.class).isEmpty());
        assertUnhurried(told(node(1), AgentCommand.HandOff.class).getFirst());
    }

    @Test
    void theSameOrderIsNotAnotherOneAtEachLook() {
        running();
        world.bootNothing();
        world.unreachable.add(node(1));
        world.ask(new PoolCommand.ScalePool(0, 0));
        world.seconds(10);
        assertThat(told(node(1), AgentCommand.HandOff.class)).hasSizeGreaterThan(5);
        assertThat(told(node(1), AgentCommand.HandOff.class).stream().distinct())
                .hasSize(1);
    }

    /** A member may delete old checkpoints; of a zombie's, its successor may have continued from one. */
    @Test
    void aZombieIsNotRenewedBeforeItHasLetGo() {
        running();
        Lease first = new Lease(SHARD, 1);
        world.unreachable.add(node(1));
        world.until(120, () -> world.trainers(new Lease(SHARD, 2)) == 1);
        int renewals = told(node(1), AgentCommand.Welcome.class).size();
        assertThat(world.agent(node(1)).trains(first)).isTrue();

        world.unreachable.clear();
        world.second();
        assertThat(told(node(1), AgentCommand.Release.class))
                .extracting(AgentCommand.Release::lease)
                .contains(first);
        assertThat(told(node(1), AgentCommand.Welcome.class)).hasSize(renewals);

        world.second();
        assertThat(world.agent(node(1)).trains(first)).isFalse();
        assertThat(told(node(1), AgentCommand.Welcome.class)).hasSizeGreaterThan(renewals);
    }

    /** The provider ends what we end with a SIGTERM, which its agent tells like a notice: nothing was taken there, and spot is still to be had. */
    @Test
    void aNoticeOfANodeThatIsBeingEndedSaysNothingOfItsMarket() {
        world.steps(10);
        world.submit(JOB, job(1, 1));
        world.until(60, () -> world.state().isIdle(node(1)));
        world.cloudAway = true;
        world.until(200, () -> world.state().node(node(1)).orElseThrow().phase() == NodePhase.ENDING);
        world.evict(
                node(1),
                new EvictionNotice(
                        EvictionNotice.Source.SIGTERM, world.pool.now().plusSeconds(30)));
        world.seconds(5);
        assertThat(world.agent(node(1)).status().notice()).isNotNull();
        assertThat(world.pool.seen().refusals()).isEmpty();
        assertThat(world.pool.seen().history().interruptions().values())
                .extracting(Interruptions::times)
                .containsOnly(0);
    }
}
