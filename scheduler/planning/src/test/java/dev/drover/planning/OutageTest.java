package dev.drover.planning;

import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.SHARD;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.node;
import static dev.drover.planning.Specs.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.JobFinished;
import dev.drover.planning.event.PoolEvent.NodeLost;
import dev.drover.planning.event.PoolEvent.ShardDetached;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.planning.input.Input;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.pool.LeaseSpec;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The scheduler itself stalls, or the provider or the read model is away for a while. The pool's lease is 15 s. */
class OutageTest {
    private final FakeWorld world = FakeWorld.of(pool(), 1);

    /** One shard that runs on the first node, at its 15th step. */
    private void running() {
        world.submit(JOB, job(1, 1));
        world.until(60, () -> world.published(SHARD).size() == 1);
        world.seconds(5);
    }

    private void stall(int seconds) {
        world.pool.pass(Duration.ofSeconds(seconds));
        world.give(new Input.Tick());
    }

    private void finished() {
        world.until(200, () -> world.state().job(JOB).isEmpty());
    }

    private long handedOut(Class<? extends Intent> type) {
        return world.handedOut.stream().filter(type::isInstance).count();
    }

    @Test
    void aStallLongerThanTheLeaseLosesNobody() {
        running();
        for (int i = 0; i < 3; i++) {
            stall(40);
            world.second();
        }
        finished();
        assertThat(world.pool.events(NodeLost.class)).isEmpty();
        assertThat(world.pool.events(ShardGranted.class)).hasSize(1);
    }

    @Test
    void aNodeThatIsSilentAfterAStallIsLostALeaseLater() {
        running();
        world.killSilently(node(1));
        world.cloudAway = true;
        stall(40);
        assertThat(world.until(60, () -> world.pool.shard(SHARD).node().isEmpty()))
                .isEqualTo(16);
        assertThat(world.pool.events(NodeLost.class)).hasSize(1);
    }

    @Test
    void aNodeWhoseWorkNobodyTakesOverIsNotEndedWhileItTrainsOnByItself() {
        world.steps(10_000);
        running();
        world.capacity.replaceAll((market, instances) -> 0);
        world.unreachable.add(node(1));
        world.seconds(600);
        assertThat(world.instances()).as("its training is nowhere else").containsExactly(node(1));
        world.seconds((int) LeaseSpec.DEFAULT.runUntil().toSeconds());
        assertThat(world.instances()).as("by now it has ended by itself").isEmpty();
    }

    @Test
    void aLostNodeIsEndedOnceItsWorkRunsElsewhere() {
        world.steps(10_000);
        running();
        world.unreachable.add(node(1));
        world.until(60, () -> world.pool.shard(SHARD).generation() == 2);
        world.until(60, () -> !world.instances().contains(node(1)));
        assertThat(world.instances()).containsExactly(node(2));
    }

    @Test
    void silenceThatWasSeenCounts() {
        running();
        world.unreachable.add(node(1));
        world.seconds(10);
        stall(5);
        assertThat(world.pool.events(NodeLost.class)).isEmpty();
        world.second();
        assertThat(world.pool.events(NodeLost.class)).hasSize(1);
    }

    @Test
    void aLaunchThatFailsIsTriedLessAndLessOftenAndTheJobSaysWhy() {
        world.cloudAway = true;
        world.submit(JOB, job(1, 0));
        world.seconds(120);
        assertThat(handedOut(Intent.LaunchNode.class)).isBetween(6L, 9L);
        Reason why = world.show(JOB).why().orElseThrow();
        assertThat(why.code()).isEqualTo(Code.LAUNCH_FAILING);
        assertThat(why.text()).contains("p-n1 can't be launched (503 from the provider)");
        world.cloudAway = false;
        world.until(40, () -> world.instances().contains(node(1)));
        world.until(20, () -> world.pool.shard(SHARD).node().isPresent());
        assertThat(world.state().nodesRequested()).isEqualTo(1);
        assertThat(world.pool.seen().failing()).isEmpty();
        finished();
    }

    @Test
    void whatFailedForTheLastTimeIsForgotten() {
        running();
        world.steps(1_000);
        world.unreachable.add(node(1));
        world.cloudAway = true;
        world.seconds(6);
        world.unreachable.clear();
        world.cloudAway = false;
        world.seconds(2);
        assertThat(world.pool.seen().failing()).hasSize(1);
        world.seconds(400);
        assertThat(world.pool.seen().failing()).isEmpty();
    }

    @Test
    void anArchivingThatFailsIsTriedLessAndLessOften() {
        running();
        world.readModelAway = true;
        world.until(60, () -> !world.pool.events(JobFinished.class).isEmpty());
        world.seconds(120);
        assertThat(handedOut(Intent.Archive.class)).isBetween(6L, 9L);
        world.readModelAway = false;
        world.until(40, () -> world.state().job(JOB).isEmpty());
        assertThat(world.pool.seen().failing()).isEmpty();
    }

    @Test
    void anEndThatFailsIsTriedLessAndLessOften() {
        running();
        finished();
        world.cloudAway = true;
        world.until(200, () -> handedOut(Intent.TerminateNode.class) > 0);
        world.seconds(120);
        assertThat(handedOut(Intent.TerminateNode.class)).isBetween(6L, 9L);
        world.cloudAway = false;
        world.until(40, () -> world.state().nodes().isEmpty());
    }

    @Test
    void whatLeavesItsNodeSaysTheLastStepThatIsKnown() {
        running();
        world.kill(node(1));
        world.until(60, () -> world.pool.shard(SHARD).generation() == 2);
        world.restartController();
        world.kill(node(2));
        world.second();
        assertThat(world.pool.events(ShardDetached.class))
                .extracting(ShardDetached::lastStep)
                .as("as the agent last said; what it continued from, where it has said nothing")
                .containsExactly(15, 10);
        world.seconds(1);
        assertThat(world.pool.seen().agents()).as("what ended is forgotten").doesNotContainKeys(node(1), node(2));
    }
}
