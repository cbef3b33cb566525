package dev.drover.planning;

import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.SHARD;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.node;
import static dev.drover.planning.Specs.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.JobFinished;
import dev.drover.planning.event.PoolEvent.NodeEnding;
import dev.drover.planning.event.PoolEvent.NodeRequested;
import dev.drover.planning.event.PoolEvent.ShardFailed;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.planning.event.PoolEvent.ShardSucceeded;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.pool.CapacityMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users and operators ask for: failures of programs, cancelling, scaling, pausing, draining, spares. */
class OperationsTest {
    private final FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 4), 1);

    private void running() {
        world.submit(JOB, job(1, 1));
        world.until(60, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
    }

    private void finished() {
        world.until(400, () -> world.state().job(JOB).isEmpty());
    }

    private JobState outcome() {
        return world.pool.events(JobFinished.class).getFirst().state();
    }

    @Test
    void aFailedProgramIsTriedAgainAfterABackOff() {
        running();
        Instant then = world.pool.now();
        world.failNext(SHARD, 1);
        world.until(10, () -> world.pool.shard(SHARD).node().isEmpty());
        assertThat(world.show(JOB).why().orElseThrow().text())
                .startsWith("The program failed at step 5, failure 1 of 2 allowed: NaN loss. It is tried again at ");
        finished();
        assertThat(world.pool.timeline(then)).isEqualTo("""
            0s ShardStarted j/0@1
            5s ShardFailed j/0@1 to be retried
            10s ShardTargeted j/0 to p-n1 PROGRAM_FAILED
            11s ShardGranted j/0@2 on p-n1 after step 0 PROGRAM_FAILED
            12s ShardStarted j/0@2
            16s ShardCaughtUp j/0@2 step 5
            51s ShardSucceeded j/0@2 step 40
            51s JobFinished j SUCCEEDED COMPLETED
            52s JobArchived j
            """);
        assertThat(outcome()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void oneFailureTooManyFailsTheJobAndSaysWhy() {
        running();
        world.failNext(SHARD, 2);
        finished();
        assertThat(world.pool.events(ShardFailed.class))
                .extracting(ShardFailed::isFinal)
                .containsExactly(false, true);
        JobFinished end = world.pool.events(JobFinished.class).getFirst();
        assertThat(end.state()).isEqualTo(JobState.FAILED);
        assertThat(end.reason().text()).contains("failure 2 of 2 allowed: NaN loss");
    }

    @Test
    void whatMakesNoStepsSucceedsWithNothingSaved() {
        world.steps(0);
        world.submit(JOB, job(1, 1));
        finished();
        assertThat(outcome()).isEqualTo(JobState.SUCCEEDED);
        ShardSucceeded end = world.pool.events(ShardSucceeded.class).getFirst();
        assertThat(end.checkpoint()).isEmpty();
        assertThat(end.reason().text()).isEqualTo("It is done, and made no steps.");
    }

    @Test
    void lostCapacityDoesNotCountAgainstRetries() {
        running();
        for (int i = 0; i < 5; i++) {
            world.kill(world.pool.shard(SHARD).node().orElseThrow());
            world.seconds(1);
            world.until(60, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
        }
        finished();
        assertThat(outcome()).isEqualTo(JobState.SUCCEEDED);
    }

    /** After 0 s it is queued, 4 joining, 7 placed, 15 running, 19 handing over, 24 between nodes. */
    @ParameterizedTest(name = "after {0} s")
    @ValueSource(ints = {0, 2, 4, 6, 7, 9, 15, 19, 20, 22, 23, 24, 25})
    void cancelEndsAJobInEveryState(int seconds) {
        world.submit(JOB, job(1, 1));
        for (int i = 0; i < seconds; i++) {
            if (i == 15) {
                world.notice(node(1), Duration.ofSeconds(40));
            }
            world.second();
        }
        world.ask(new PoolCommand.CancelJob(JOB, "no need"));
        world.seconds(3);
        assertThat(outcome()).isEqualTo(JobState.CANCELLED);
        assertThat(world.state().job(JOB)).as("archived").isEmpty();
        for (int generation = 1; generation < 4; generation++) {
            assertThat(world.trainers(new Lease(SHARD, generation))).isZero();
        }
        world.seconds(200);
        assertThat(world.instances()).isEmpty();
    }

    @Test
    void aCancelledJobKeepsTheStepItHadMade() {
        running();
        int made = world.show(JOB).shards().getFirst().step();
        assertThat(made).isPositive();
        PoolReply answer = world.ask(new PoolCommand.CancelJob(JOB, "no need"));
        assertThat(((PoolReply.Job) answer).job().shards().getFirst().step()).isEqualTo(made);
    }

    @Test
    void cancellingTwiceOrNothingIsHarmless() {
        running();
        world.ask(new PoolCommand.CancelJob(JOB, "no need"));
        world.ask(new PoolCommand.CancelJob(JOB, "again"));
        world.seconds(3);
        assertThat(world.pool.events(JobFinished.class)).hasSize(1);
        assertThat(world.ask(new PoolCommand.CancelJob(JOB, "gone"))).isEqualTo(new PoolReply.NotFound("job j"));
    }

    @Test
    void submittingAgainMakesNoSecondJobAlsoLater() {
        running();
        world.submit(JOB, job(3, 0));
        assertThat(world.show(JOB).shards()).hasSize(1);
        finished();
        assertThat(world.ask(new PoolCommand.SubmitJob(JOB, job(1, 0), "ann"))).isEqualTo(new PoolReply.Done());
        assertThat(world.state().job(JOB)).isEmpty();
        world.pool.pass(Duration.ofMinutes(61));
        world.second();
        assertThat(world.state().archived()).as("not remembered for ever").isEmpty();
    }

    @Test
    void scaledToNothingThePoolSavesWaitsAndPaysNothing() {
        running();
        world.seconds(7);
        Instant then = world.pool.now();
        world.ask(new PoolCommand.ScalePool(0, 0));
        world.seconds(5);
        assertThat(world.pool.timeline(then)).isEqualTo("""
            0s PoolConfigured
            0s NodeDraining p-n1 SCALED_DOWN
            1s ShardDetached j/0@1 SCALED_DOWN
            1s NodeEnding p-n1 SCALED_DOWN
            2s NodeGone p-n1 SCALED_DOWN
            """);
        assertThat(world.instances()).isEmpty();
        assertThat(world.show(JOB).why().orElseThrow().code()).isEqualTo(Code.POOL_FULL);
        int saved = world.published(SHARD).getLast().step();
        world.ask(new PoolCommand.ScalePool(0, 1));
        finished();
        assertThat(world.pool
                        .events(ShardGranted.class)
                        .getLast()
                        .resumeFrom()
                        .orElseThrow()
                        .step())
                .isEqualTo(saved);
    }

    @Test
    void scalingDownTakesTheNodesWithTheLeastWork() {
        world.ask(new PoolCommand.ScalePool(3, 3));
        running();
        world.until(30, () -> ready() == 3);
        world.ask(new PoolCommand.ScalePool(1, 1));
        world.seconds(3);
        assertThat(world.state().nodes())
                .containsOnlyKeys(world.pool.shard(SHARD).node().orElseThrow());
        assertThat(world.pool.events(ShardGranted.class)).hasSize(1);
    }

    private long ready() {
        return world.state().nodes().values().stream()
                .filter(known -> known.phase() == NodePhase.READY)
                .count();
    }

    @Test
    void aPausedPoolStartsNothingAndLetsRun() {
        running();
        world.ask(new PoolCommand.PausePool());
        JobId other = new JobId("k");
        world.submit(other, job(1, 0));
        world.seconds(10);
        assertThat(world.show(other).why().orElseThrow().code()).isEqualTo(Code.POOL_PAUSED);
        finished();
        world.ask(new PoolCommand.ResumePool());
        world.until(200, () -> world.state().job(other).isEmpty());
    }

    @Test
    void aDrainedNodeHandsOverAndEnds() {
        running();
        Instant then = world.pool.now();
        world.ask(new PoolCommand.DrainNode(node(1)));
        world.until(30, () -> world.state().node(node(1)).isEmpty());
        assertThat(world.pool.timeline(then)).isEqualTo("""
            0s ShardStarted j/0@1
            0s NodeDraining p-n1 NODE_DRAINED
            0s NodeRequested p-n2 in local:a:m1:SPOT CHEAPEST_SPOT
            0s ShardTargeted j/0 to p-n2 NODE_DRAINED
            3s NodeLaunched p-n2 in local:a:m1:SPOT
            6s NodeJoined p-n2
            9s ShardDetached j/0@1 NODE_DRAINED
            9s NodeEnding p-n1 NODE_DRAINED
            10s NodeGone p-n1 NODE_DRAINED
            10s ShardGranted j/0@2 on p-n2 after step 9 NODE_DRAINED
            """);
        finished();
    }

    @Test
    void aNodeDrainedWhileItJoinsIsEndedAsDrained() {
        world.submit(JOB, job(1, 0));
        world.seconds(4);
        world.pool.pass(Duration.ofSeconds(30));
        world.ask(new PoolCommand.DrainNode(node(1)));
        assertThat(world.pool.events(NodeEnding.class))
                .singleElement()
                .extracting(end -> end.reason().code())
                .isEqualTo(Code.NODE_DRAINED);
        finished();
    }

    @Test
    void aNodeDrainedWhileItLaunchesLeavesNothingBehind() {
        world.submit(JOB, job(1, 0));
        world.ask(new PoolCommand.DrainNode(node(1)));
        assertThat(world.state().node(node(1))).as("its launch may have worked").isPresent();
        finished();
        world.seconds(200);
        assertThat(world.instances()).isEmpty();
        assertThat(world.state().nodes()).isEmpty();
    }

    @Test
    void aDrainedNodeThatWasSilentIsStillDrained() {
        world.capacity.replaceAll((market, count) -> 1);
        running();
        world.capacity.replaceAll((market, count) -> 0);
        world.ask(new PoolCommand.DrainNode(node(1)));
        world.unreachable.add(node(1));
        world.seconds(20);
        world.unreachable.clear();
        world.seconds(2);
        assertThat(world.state().node(node(1)).map(Node::takesWork)).contains(false);
    }

    @Test
    void sparesAreKeptAndReplaced() {
        world.ask(new PoolCommand.ScalePool(2, 4));
        world.seconds(500);
        assertThat(world.state().nodes()).as("not idle away").hasSize(2);
        assertThat(world.pool.events(NodeRequested.class))
                .hasSize(2)
                .allSatisfy(asked -> assertThat(asked.reason().code()).isEqualTo(Code.WARM_SPARE));
        world.kill(node(1));
        world.seconds(10);
        assertThat(ready()).isEqualTo(2);
        running();
        assertThat(world.pool
                        .shard(SHARD)
                        .attempts()
                        .getFirst()
                        .grantedBecause()
                        .code())
                .isEqualTo(Code.FIRST_PLACEMENT);
    }

    @Test
    void anIdleNodeIsKeptForAWhileAndThenEnded() {
        running();
        finished();
        world.seconds(110);
        assertThat(world.instances()).hasSize(1);
        world.seconds(20);
        assertThat(world.instances()).isEmpty();
        assertThat(world.pool.events(NodeEnding.class).getFirst().reason().code())
                .isEqualTo(Code.IDLE);
    }

    @Test
    void aJobLargerThanThePoolRunsInTurns() {
        world.ask(new PoolCommand.ScalePool(0, 2));
        world.submit(JOB, job(5, 0));
        world.seconds(30);
        List<Shard> waiting = world.state()
                .liveShards()
                .filter(shard -> shard.node().isEmpty())
                .toList();
        assertThat(waiting).hasSize(3);
        assertThat(world.show(JOB).shards().get(4).why().orElseThrow().text())
                .isEqualTo("All 2 nodes that the pool may have are in use; an operator can scale it.");
        finished();
        assertThat(world.pool.events(NodeRequested.class)).hasSize(2);
    }

    @Test
    void shardsOfDifferentSizesShareANodeOnlyAsFarAsItGoes() {
        FakeWorld four = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 1), 4);
        JobId big = new JobId("big");
        four.submit(big, job(1, 3, 0));
        four.submit(JOB, job(3, 1, 0));
        four.seconds(20);
        assertThat(four.pool.state().runningOn(node(1))).extracting(Shard::id).hasSize(2);
        four.until(300, () -> four.state().jobs().isEmpty());
    }

    @Test
    void aDrillGoesTheWayOfARealEviction() {
        running();
        Instant then = world.pool.now().plusSeconds(1);
        world.ask(new PoolCommand.EvictNode(node(1), Optional.of(Duration.ofSeconds(60))));
        world.seconds(2);
        assertThat(world.pool.timeline(then)).startsWith("0s NodeNoticed p-n1");
        world.until(40, () -> world.pool.shard(SHARD).generation() == 2);
        NodeId second = world.pool.shard(SHARD).node().orElseThrow();
        world.ask(new PoolCommand.EvictNode(second, Optional.empty()));
        world.seconds(2);
        assertThat(world.state().node(second)).isEmpty();
        finished();
    }

    @Test
    void whatIsNotAllowedChangesNothing() {
        assertThat(world.ask(new PoolCommand.ScalePool(3, 2)))
                .isEqualTo(new PoolReply.Rejected("minNodes", "3", "0 to maxNodes (2)"));
        assertThat(world.ask(new PoolCommand.ScalePool(0, 10_001)))
                .isEqualTo(new PoolReply.Rejected("maxNodes", "10001", "0 to 10000"));
        assertThat(world.ask(new PoolCommand.DrainNode(node(9)))).isEqualTo(new PoolReply.NotFound("node p-n9"));
        assertThat(new PoolScript().ask(new PoolCommand.PausePool())).isEqualTo(new PoolReply.NotFound("pool"));
    }
}
