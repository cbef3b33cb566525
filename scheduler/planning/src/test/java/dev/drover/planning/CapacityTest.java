package dev.drover.planning;

import static dev.drover.planning.Specs.DEMAND_A;
import static dev.drover.planning.Specs.DEMAND_B;
import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.SHARD;
import static dev.drover.planning.Specs.SPOT_A;
import static dev.drover.planning.Specs.SPOT_B;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.node;
import static dev.drover.planning.Specs.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.LaunchRefused;
import dev.drover.planning.event.PoolEvent.NodeLaunched;
import dev.drover.planning.event.PoolEvent.NodeRequested;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.pool.CapacityMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Capacity is refused, dear, or back: where the pool buys, how often it asks, and what it says meanwhile. */
class CapacityTest {
    private static FakeWorld world(CapacityMode mode) {
        FakeWorld world = FakeWorld.of(pool(mode, 0, 1), 1);
        world.steps(1_000);
        return world;
    }

    private static void onDemandOnly(FakeWorld world) {
        world.capacity.put(SPOT_A, 0);
        world.capacity.put(SPOT_B, 0);
    }

    private static void runs(FakeWorld world) {
        world.until(60, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
    }

    @Test
    void aZoneThatRefusesIsPassedOver() {
        FakeWorld world = world(CapacityMode.SPOT_ONLY);
        world.capacity.put(SPOT_A, 0);
        world.submit(JOB, job(1, 0));
        runs(world);
        assertThat(world.pool.timeline(PoolScript.START)).isEqualTo("""
            0s PoolConfigured
            0s JobSubmitted j
            0s NodeRequested p-n1 in local:a:m1:SPOT CHEAPEST_SPOT
            0s ShardTargeted j/0 to p-n1 CHEAPEST_SPOT
            3s NodeLaunched p-n1 in local:b:m1:SPOT
            6s NodeJoined p-n1
            6s ShardGranted j/0@1 on p-n1 after step 0 OTHER_ZONE
            8s ShardStarted j/0@1
            """);
        assertThat(world.pool.shard(SHARD).because().orElseThrow().text())
                .startsWith("Obtained in local:b:m1:SPOT at 0.72 USD/h, since local:a:m1:SPOT refused.");
    }

    @Test
    void withNoSpotAtAllASpotPoolWaitsAndAsksLessAndLess() {
        FakeWorld world = world(CapacityMode.SPOT_ONLY);
        onDemandOnly(world);
        world.submit(JOB, job(1, 0));
        world.seconds(3_600);
        assertThat(world.pool.events(LaunchRefused.class))
                .as("5, 10, 20, 40, 80, 160 s, then every 300 s")
                .hasSizeBetween(16, 19);
        var view = world.show(JOB);
        assertThat(view.state()).isEqualTo(JobState.QUEUED);
        assertThat(view.why().orElseThrow().code()).isEqualTo(Code.NO_CAPACITY);
        assertThat(view.why().orElseThrow().text())
                .startsWith(
                        "None of 2 markets has capacity (InsufficientCapacity); the next attempt is at 2026-01-01T0");
        world.capacity.put(SPOT_B, 1);
        world.until(320, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
    }

    /**
     * Of N markets that have nothing, in a time T, one launch each for what the pool has room for, and then no more than N x (1 +
     * log2(longest / first), rounded up, + T / longest): N x (1 + 6 + 288) a day.
     */
    @Test
    void manyShardsDoNotAskMoreOftenThanOne() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 20), 1);
        onDemandOnly(world);
        world.submit(JOB, job(20, 0));
        for (int i = 0; i < 24 * 3_600 / 10; i++) {
            world.pool.pass(Duration.ofSeconds(9));
            world.second();
        }
        List<LaunchRefused> refused = world.pool.events(LaunchRefused.class);
        assertThat(refused.size()).as("launches").isBetween(280, 20 + 2 * 295);
        for (Market market : List.of(SPOT_A, SPOT_B)) {
            assertThat(refused.stream()
                            .filter(event -> event.refusals().stream()
                                    .anyMatch(refusal -> refusal.market().equals(market)))
                            .count())
                    .as("times that %s was asked", market)
                    .isLessThanOrEqualTo(20 + 295);
        }
        world.capacity.put(SPOT_B, 20);
        world.seconds(320);
        assertThat(world.instances())
                .as("once one launch works the others follow")
                .hasSize(20);
    }

    @Test
    void whatHasALadderOfItsOwnDoesNotWaitBehindWhatFindsNoRoom() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 4), 1);
        world.capacity.put(SPOT_A, 0);
        JobSpec inA = Specs.buying(job(1, 0), "ladder: [{zones: [a]}]");
        JobSpec anywhere = Specs.buying(job(1, 0), "ladder: [{zones: [a]}, {zones: [b]}]");
        world.submit(JOB, inA);
        world.seconds(10);
        world.submit(new JobId("k"), anywhere);
        world.seconds(10);
        assertThat(world.show(JOB).state()).isEqualTo(JobState.QUEUED);
        assertThat(world.show(new JobId("k")).state()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void fallsBackOnDemandAndGoesBackToSpotWithHysteresis() {
        FakeWorld world = world(CapacityMode.SPOT_WITH_FALLBACK);
        onDemandOnly(world);
        world.submit(JOB, job(1, 0));
        runs(world);
        world.seconds(30);
        world.capacity.put(SPOT_A, 1);
        world.until(300, () -> world.state().ledger().total().switchBacks() == 1);
        world.seconds(5);
        assertThat(world.pool.timeline(PoolScript.START)).isEqualTo("""
            0s PoolConfigured
            0s JobSubmitted j
            0s NodeRequested p-n1 in local:a:m1:SPOT CHEAPEST_SPOT
            0s ShardTargeted j/0 to p-n1 CHEAPEST_SPOT
            1s TargetDropped j/0 LAUNCH_REFUSED
            1s LaunchRefused p-n1
            1s NodeRequested p-n2 in local:a:m1:ON_DEMAND FALLBACK
            1s ShardTargeted j/0 to p-n2 FALLBACK
            4s NodeLaunched p-n2 in local:a:m1:ON_DEMAND
            7s NodeJoined p-n2
            7s ShardGranted j/0@1 on p-n2 after step 0 FALLBACK
            9s ShardStarted j/0@1
            127s NodeRequested p-n3 in local:a:m1:SPOT SWITCH_BACK
            127s ShardTargeted j/0 to p-n3 SWITCH_BACK
            130s NodeLaunched p-n3 in local:a:m1:SPOT
            133s NodeJoined p-n3
            136s ShardDetached j/0@1 SWITCH_BACK
            136s NodeDraining p-n2 SWITCHED_BACK
            136s NodeEnding p-n2 SWITCHED_BACK
            137s NodeGone p-n2 SWITCHED_BACK
            137s ShardGranted j/0@2 on p-n3 after step 127 SWITCH_BACK
            138s ShardStarted j/0@2
            """);
        assertThat(world.show(JOB).state()).isEqualTo(JobState.RUNNING);
        assertThat(world.instances()).hasSize(1);
    }

    @Test
    void aSwitchBackThatIsRefusedLeavesTheShardWhereItRuns() {
        FakeWorld world = world(CapacityMode.SPOT_WITH_FALLBACK);
        onDemandOnly(world);
        world.submit(JOB, job(1, 0));
        runs(world);
        world.seconds(900);
        assertThat(world.pool.events(ShardGranted.class)).hasSize(1);
        assertThat(world.trainers(new Lease(SHARD, 1))).isEqualTo(1);
        assertThat(world.state()
                        .node(world.pool.shard(SHARD).node().orElseThrow())
                        .orElseThrow()
                        .leaving())
                .as("the node is not drained for it")
                .isEmpty();
        assertThat(world.pool.events(LaunchRefused.class)).hasSizeLessThan(10);
    }

    @Test
    void aPausedPoolDoesNotSwitchBack() {
        FakeWorld world = world(CapacityMode.SPOT_WITH_FALLBACK);
        onDemandOnly(world);
        world.submit(JOB, job(1, 0));
        runs(world);
        world.ask(new PoolCommand.PausePool());
        world.capacity.put(SPOT_A, 1);
        world.seconds(400);
        assertThat(world.state().ledger().total().switchBacks()).isZero();
    }

    @Test
    void anOnDemandPoolBuysNoSpot() {
        FakeWorld world = world(CapacityMode.ON_DEMAND);
        world.submit(JOB, job(1, 0));
        runs(world);
        world.seconds(600);
        assertThat(world.pool.events(NodeLaunched.class))
                .singleElement()
                .extracting(NodeLaunched::market)
                .isEqualTo(DEMAND_A);
        assertThat(world.pool.events(NodeRequested.class).getFirst().markets()).isEqualTo(List.of(DEMAND_A, DEMAND_B));
        assertThat(world.pool.events(ShardGranted.class).getFirst().reason().code())
                .isEqualTo(Code.ON_DEMAND_MODE);
    }

    @Test
    void aNodeWhoseAgentNeverComesIsGivenUp() {
        FakeWorld world = world(CapacityMode.SPOT_ONLY);
        world.bootNothing();
        world.submit(JOB, job(1, 0));
        world.seconds(190);
        assertThat(world.pool.timeline(PoolScript.START)).isEqualTo("""
            0s PoolConfigured
            0s JobSubmitted j
            0s NodeRequested p-n1 in local:a:m1:SPOT CHEAPEST_SPOT
            0s ShardTargeted j/0 to p-n1 CHEAPEST_SPOT
            3s NodeLaunched p-n1 in local:a:m1:SPOT
            183s TargetDropped j/0 NEVER_JOINED
            183s NodeEnding p-n1 NEVER_JOINED
            183s NodeRequested p-n2 in local:a:m1:SPOT CHEAPEST_SPOT
            183s ShardTargeted j/0 to p-n2 CHEAPEST_SPOT
            184s NodeGone p-n1 NEVER_JOINED
            186s NodeLaunched p-n2 in local:a:m1:SPOT
            """);
    }

    @Test
    void anOutageOfTheControllerGivesNoJoiningNodeUp() {
        FakeWorld world = world(CapacityMode.SPOT_ONLY);
        world.bootNothing();
        world.submit(JOB, job(1, 0));
        world.seconds(10);
        world.pool.pass(Duration.ofMinutes(10));
        world.restartController();
        world.seconds(100);
        assertThat(world.state().nodes()).containsOnlyKeys(node(1));
    }

    @Test
    void evictionAvoidsTheMarketThatTakesItsNode() {
        FakeWorld world = world(CapacityMode.SPOT_WITH_FALLBACK);
        world.submit(JOB, job(1, 0));
        runs(world);
        Instant then = world.pool.now();
        world.notice(node(1), Duration.ofSeconds(60));
        world.seconds(2);
        assertThat(world.pool.timeline(then)).contains("NodeRequested p-n2 in local:b:m1:SPOT OTHER_ZONE");
    }
}
