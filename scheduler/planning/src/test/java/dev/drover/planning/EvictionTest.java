package dev.drover.planning;

import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.SHARD;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.node;
import static dev.drover.planning.Specs.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.JobFinished;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.planning.event.PoolEvent.ShardSucceeded;
import dev.drover.planning.input.Input;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.HandoffTarget;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.pool.CapacityMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Capacity is taken, with and without notice: script in, decisions with reasons out. */
class EvictionTest {
    private final FakeWorld world = FakeWorld.of(pool(), 1);

    /** One shard that runs on the first node, at its 15th step. */
    private Instant running() {
        world.submit(JOB, job(1, 1));
        world.until(60, () -> world.published(SHARD).size() == 1);
        world.seconds(5);
        return world.pool.now();
    }

    private List<AgentCommand> told(int node) {
        return world.handedOut.stream()
                .filter(Intent.TellAgent.class::isInstance)
                .map(Intent.TellAgent.class::cast)
                .filter(tell -> tell.node().equals(node(node)))
                .map(Intent.TellAgent::command)
                .toList();
    }

    private void finished() {
        world.until(200, () -> world.state().job(JOB).isEmpty());
        assertThat(world.pool.events(ShardSucceeded.class)).hasSize(1);
    }

    @Test
    void firstPlacementToArchive() {
        world.submit(JOB, job(1, 0));
        finished();
        assertThat(world.pool.timeline(PoolScript.START)).isEqualTo("""
            0s PoolConfigured
            0s JobSubmitted j
            0s NodeRequested p-n1 in local:a:m1:SPOT CHEAPEST_SPOT
            0s ShardTargeted j/0 to p-n1 CHEAPEST_SPOT
            3s NodeLaunched p-n1 in local:a:m1:SPOT
            6s NodeJoined p-n1
            6s ShardGranted j/0@1 on p-n1 after step 0 CHEAPEST_SPOT
            8s ShardStarted j/0@1
            47s ShardSucceeded j/0@1 step 40
            47s JobFinished j SUCCEEDED COMPLETED
            48s JobArchived j
            """);
    }

    @Test
    void noticeLaunchesASuccessorThatIsReadyBeforeTheOldNodeStops() {
        Instant then = running();
        world.notice(node(1), Duration.ofSeconds(60));
        finished();
        assertThat(world.pool.timeline(then)).isEqualTo("""
            1s NodeNoticed p-n1
            1s NodeRequested p-n2 in local:b:m1:SPOT OTHER_ZONE
            1s ShardTargeted j/0 to p-n2 EVICTION_NOTICE
            4s NodeLaunched p-n2 in local:b:m1:SPOT
            7s NodeJoined p-n2
            10s ShardDetached j/0@1 EVICTION_NOTICE
            10s NodeEnding p-n1 EVICTION_NOTICE
            11s NodeGone p-n1 EVICTION_NOTICE
            11s ShardGranted j/0@2 on p-n2 after step 24 EVICTION_NOTICE
            12s ShardStarted j/0@2
            27s ShardSucceeded j/0@2 step 40
            27s JobFinished j SUCCEEDED COMPLETED
            28s JobArchived j
            """);
        assertThat(told(1).stream()
                        .filter(AgentCommand.HandOff.class::isInstance)
                        .distinct())
                .as("told one thing: stop, and where to push the state")
                .singleElement()
                .extracting(command -> ((AgentCommand.HandOff) command).target())
                .isInstanceOf(HandoffTarget.class);
    }

    @Test
    void noticeUsesAWarmNodeAtOnce() {
        world.ask(new PoolCommand.ScalePool(2, 2));
        Instant then = running();
        world.notice(node(1), Duration.ofSeconds(60));
        world.until(
                20,
                () -> world.pool.shard(SHARD).state() == ShardState.RUNNING
                        && world.pool.shard(SHARD).generation() == 2);
        assertThat(world.pool.timeline(then)).isEqualTo("""
            1s NodeNoticed p-n1
            1s ShardTargeted j/0 to p-n2 EVICTION_NOTICE
            1s NodeRequested p-n3 in local:b:m1:SPOT WARM_SPARE
            3s ShardDetached j/0@1 EVICTION_NOTICE
            3s NodeEnding p-n1 EVICTION_NOTICE
            4s NodeLaunched p-n3 in local:b:m1:SPOT
            4s NodeGone p-n1 EVICTION_NOTICE
            4s ShardGranted j/0@2 on p-n2 after step 17 EVICTION_NOTICE
            5s ShardStarted j/0@2
            """);
    }

    @Test
    void atTheMarginTheOldNodeStopsThoughNobodyIsReady() {
        Instant then = running();
        world.capacity.replaceAll((market, count) -> 0);
        world.notice(node(1), Duration.ofSeconds(20));
        world.until(30, () -> world.pool.shard(SHARD).node().isEmpty());
        assertThat(Duration.between(then, world.pool.now()))
                .as("20 s less the 5 s margin, less a heartbeat, and one to stop and say so")
                .isEqualTo(Duration.ofSeconds(15));
        assertThat(world.published(SHARD).getLast().step()).isGreaterThan(25);
        int saved = world.published(SHARD).getLast().step();
        world.capacity.replaceAll((market, count) -> 1);
        finished();
        ShardGranted second = world.pool.events(ShardGranted.class).get(1);
        assertThat(second.resumeFrom().map(CheckpointRef::step))
                .as("no step is lost")
                .contains(saved);
    }

    @Test
    void aKillLosesWhatWasNotSaved() {
        Instant then = running();
        world.kill(node(1));
        finished();
        assertThat(world.pool.timeline(then)).isEqualTo("""
            1s ShardDetached j/0@1 NODE_TERMINATED
            1s NodeGone p-n1 NODE_TERMINATED
            1s NodeRequested p-n2 in local:b:m1:SPOT OTHER_ZONE
            1s ShardTargeted j/0 to p-n2 NODE_TERMINATED
            4s NodeLaunched p-n2 in local:b:m1:SPOT
            7s NodeJoined p-n2
            8s ShardGranted j/0@2 on p-n2 after step 10 NODE_TERMINATED
            9s ShardStarted j/0@2
            13s ShardCaughtUp j/0@2 step 15
            38s ShardSucceeded j/0@2 step 40
            38s JobFinished j SUCCEEDED COMPLETED
            39s JobArchived j
            """);
    }

    @Test
    void aSilentNodeIsLostAndAdoptedWhereNothingNewerWasGranted() {
        Instant then = running();
        world.capacity.replaceAll((market, count) -> 0);
        world.unreachable.add(node(1));
        world.until(40, () -> world.pool.shard(SHARD).node().isEmpty());
        world.seconds(3);
        world.unreachable.clear();
        world.give(new Input.AgentConnected(node(1), "one"));
        assertThat(told(1)).as("what may be adopted is not released").noneMatch(AgentCommand.Release.class::isInstance);
        finished();
        assertThat(world.pool.timeline(then)).isEqualTo("""
            16s ShardDetached j/0@1 NODE_SILENT
            16s NodeLost p-n1 NODE_SILENT
            16s NodeRequested p-n2 in local:a:m1:SPOT CHEAPEST_SPOT
            16s ShardTargeted j/0 to p-n2 NODE_SILENT
            17s TargetDropped j/0 LAUNCH_REFUSED
            17s LaunchRefused p-n2
            17s NodeRequested p-n3 in local:a:m1:ON_DEMAND FALLBACK
            17s ShardTargeted j/0 to p-n3 NODE_SILENT
            18s TargetDropped j/0 LAUNCH_REFUSED
            18s LaunchRefused p-n3
            20s NodeJoined p-n1
            20s ShardAdopted j/0@1 on p-n1
            25s ShardSucceeded j/0@1 step 40
            25s JobFinished j SUCCEEDED COMPLETED
            26s JobArchived j
            """);
        assertThat(world.pool.events(ShardGranted.class)).hasSize(1);
    }

    @Test
    void aSilentNodeIsFencedOnceTheShardIsGrantedElsewhere() {
        world.steps(100);
        running();
        world.unreachable.add(node(1));
        world.until(60, () -> world.pool.shard(SHARD).generation() == 2);
        int resumed = world.pool.shard(SHARD).attempts().getLast().resumeStep();
        world.seconds(12);
        CheckpointRef zombie = world.published(SHARD).stream()
                .filter(ref -> ref.lease().generation() == 1 && ref.step() > resumed)
                .findFirst()
                .orElseThrow();
        assertThat(world.pool.shard(SHARD).counts(zombie)).isFalse();
        world.unreachable.clear();
        world.seconds(2);
        assertThat(told(1))
                .anySatisfy(command -> assertThat(command)
                        .isInstanceOfSatisfying(
                                AgentCommand.Release.class,
                                release -> assertThat(release.lease()).isEqualTo(new Lease(SHARD, 1))));
        assertThat(world.trainers(new Lease(SHARD, 1))).isZero();
        world.kill(node(2));
        world.until(60, () -> world.pool.shard(SHARD).generation() == 3);
        assertThat(world.pool.shard(SHARD).attempts().getLast().resumeFrom())
                .as("late manifests never count")
                .get()
                .satisfies(ref -> assertThat(ref.lease().generation() == 2 || ref.step() <= resumed)
                        .isTrue());
    }

    @Test
    void aNodeThatDiedWhileNobodyAskedIsFoundOut() {
        Instant then = running();
        world.killSilently(node(1));
        finished();
        assertThat(world.pool.timeline(then)).startsWith("""
            5s ShardDetached j/0@1 NODE_TERMINATED
            5s NodeGone p-n1 NODE_TERMINATED
            """);
    }

    @Test
    void aSuccessorThatDiesIsReplacedAndTheShardGoesOn() {
        Instant then = running();
        world.notice(node(1), Duration.ofSeconds(100));
        world.until(
                20,
                () -> world.state()
                        .node(node(2))
                        .flatMap(node -> node.instance())
                        .isPresent());
        world.kill(node(2));
        world.seconds(2);
        assertThat(world.trainers(new Lease(SHARD, 1))).isEqualTo(1);
        finished();
        assertThat(world.pool.timeline(then)).contains("TargetDropped j/0 NODE_TERMINATED");
        assertThat(world.published(SHARD).stream().mapToInt(CheckpointRef::step).max())
                .hasValue(40);
    }

    @Test
    void aPromiseThatWasTakenBackAndIsGrantedAllTheSameHoldsNothingUp() {
        running();
        world.seconds(2);
        Instant then = world.pool.now();
        world.notice(node(1), Duration.ofSeconds(60));
        world.until(20, () -> told(2).stream().anyMatch(AgentCommand.Prepare.class::isInstance));
        world.failNext(SHARD, 1);
        finished();
        assertThat(world.pool.timeline(then)).contains("ShardFailed j/0@1", "ShardGranted j/0@2 on p-n2");
    }

    @Test
    void aGrantThatWasNeverToldMovesOffADrainedNode() {
        world.submit(JOB, job(1, 0));
        world.until(
                20,
                () -> world.state()
                        .node(node(1))
                        .flatMap(node -> node.instance())
                        .isPresent());
        world.seconds(1);
        world.until(10, () -> world.pool.shard(SHARD).state() == ShardState.PLACED);
        world.agent(node(1)).restart("two");
        world.ask(new PoolCommand.DrainNode(node(1)));
        finished();
    }

    @Test
    void anAgentThatRestartedIsToldAgainWhatItIsToRun() {
        world.submit(JOB, job(1, 0));
        world.until(20, () -> world.pool.shard(SHARD).state() == ShardState.PLACED);
        world.agent(node(1)).restart("two");
        world.give(new Input.AgentConnected(node(1), "two"));
        assertThat(told(1).getLast()).isInstanceOf(AgentCommand.Run.class);
        finished();
        assertThat(world.pool.events(ShardGranted.class)).hasSize(1);
    }

    @Test
    void anAgentThatRestartedWithoutItsShardHasLostIt() {
        running();
        world.agent(node(1)).restart("two");
        world.give(new Input.AgentConnected(node(1), "two"));
        finished();
        assertThat(world.pool.events(ShardGranted.class)).hasSize(2);
        assertThat(world.pool.events(ShardGranted.class).getLast().reason().code())
                .isEqualTo(Code.NODE_TERMINATED);
    }

    @Test
    void twoShardsOnOneNodeBothMove() {
        FakeWorld two = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 4), 2);
        two.submit(JOB, job(2, 0));
        two.until(
                60,
                () -> two.pool.state().runningOn(node(1)).stream()
                                .filter(shard -> shard.state() == ShardState.RUNNING)
                                .count()
                        == 2);
        two.notice(node(1), Duration.ofSeconds(60));
        two.until(200, () -> two.state().job(JOB).isEmpty());
        assertThat(two.pool.events(ShardGranted.class))
                .extracting(ShardGranted::node)
                .containsExactly(node(1), node(1), node(2), node(2));
    }

    @Test
    void aRestartedControllerKillsNothing() {
        running();
        world.restartController();
        assertThat(world.pool.outstanding()).as("nothing is due").isEmpty();
        world.unreachable.add(node(1));
        world.seconds(14);
        assertThat(world.pool.shard(SHARD).node()).as("leases start anew").contains(node(1));
        world.unreachable.clear();
        finished();
        assertThat(world.pool.events(ShardGranted.class)).hasSize(1);
    }

    @Test
    void aRestartInTheMiddleOfAHandoffFinishesIt() {
        running();
        world.notice(node(1), Duration.ofSeconds(60));
        world.until(20, () -> told(2).stream().anyMatch(AgentCommand.Prepare.class::isInstance));
        world.restartController();
        finished();
        assertThat(world.pool.events(ShardGranted.class))
                .extracting(ShardGranted::node)
                .containsExactly(node(1), node(2));
        assertThat(world.pool
                        .events(ShardSucceeded.class)
                        .getFirst()
                        .checkpoint()
                        .orElseThrow()
                        .step())
                .isEqualTo(40);
    }

    @Test
    void aRestartLaunchesNothingTwice() {
        world.submit(JOB, job(1, 0));
        world.restartController();
        finished();
        assertThat(world.state().nodesRequested()).isEqualTo(1);
    }

    @Test
    void anInstanceThatCameTooLateIsEnded() {
        world.submit(JOB, job(1, 0));
        world.give(new Input.InstanceEnded(node(1), "never was"));
        world.seconds(5);
        assertThat(world.instances()).doesNotContain(node(1));
        finished();
    }

    @Test
    void aCorruptedCheckpointIsPassedOver() {
        world.steps(60);
        world.submit(JOB, job(1, 0));
        world.until(60, () -> world.published(SHARD).size() == 2);
        Instant then = world.pool.now();
        world.corrupt(world.published(SHARD).getLast());
        world.kill(node(1));
        finished();
        assertThat(world.pool.timeline(then)).isEqualTo("""
            1s ShardDetached j/0@1 NODE_TERMINATED
            1s NodeGone p-n1 NODE_TERMINATED
            1s NodeRequested p-n2 in local:b:m1:SPOT OTHER_ZONE
            1s ShardTargeted j/0 to p-n2 NODE_TERMINATED
            4s NodeLaunched p-n2 in local:b:m1:SPOT
            7s NodeJoined p-n2
            8s ShardGranted j/0@2 on p-n2 after step 20 NODE_TERMINATED
            8s ShardDetached j/0@2 RESTORE_FAILED
            8s ShardTargeted j/0 to p-n2 RESTORE_FAILED
            9s CheckpointRejected step 20
            9s ShardGranted j/0@3 on p-n2 after step 10 RESTORE_FAILED
            10s ShardStarted j/0@3
            19s ShardCaughtUp j/0@3 step 20
            59s ShardSucceeded j/0@3 step 60
            59s JobFinished j SUCCEEDED COMPLETED
            60s JobArchived j
            """);
        assertThat(world.pool.events(JobFinished.class).getFirst().state()).isEqualTo(JobState.SUCCEEDED);
    }
}
