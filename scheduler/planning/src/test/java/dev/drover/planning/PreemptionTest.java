package dev.drover.planning;

import static dev.drover.planning.Specs.cpus;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.scheduled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.planning.event.PoolEvent.ShardPreempted;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.pool.CapacityMode;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A better job takes a worse one's slots, once that has saved. */
class PreemptionTest {
    private static final JobId A = new JobId("a");
    private static final JobId B = new JobId("b");
    private static final JobId C = new JobId("c");

    private static FakeWorld world(int nodes, int cpus, boolean preemption) {
        FakeWorld world =
                FakeWorld.of(Specs.preempting(Specs.pool(CapacityMode.SPOT_ONLY, 0, nodes), preemption), cpus);
        world.steps(1_000);
        return world;
    }

    private static void submit(FakeWorld world, JobId id, int priority, int shards, int cpus, boolean gang) {
        world.submit(id, job(shards, cpus(cpus), 0, scheduled(priority, gang)));
    }

    private static void runs(FakeWorld world, JobId id) {
        world.until(
                60,
                () -> world.state().job(id).orElseThrow().shards().stream()
                        .allMatch(shard -> shard.state() == ShardState.RUNNING));
    }

    private static String victims(FakeWorld world) {
        return world.pool.events(ShardPreempted.class).stream()
                .map(event -> event.shard().toString())
                .sorted()
                .collect(Collectors.joining(" "));
    }

    @Test
    void theWorseSavesLeavesAndGoesOnWhereItWas() {
        FakeWorld world = world(1, 1, true);
        submit(world, A, 0, 1, 1, false);
        runs(world, A);
        world.seconds(14);
        Instant then = world.pool.now();
        submit(world, B, 5, 1, 1, false);
        world.second();
        assertThat(world.show(B).why().orElseThrow().code()).isEqualTo(Code.PREEMPTING);
        runs(world, B);
        assertThat(world.show(A).why().orElseThrow().code()).isEqualTo(Code.POOL_FULL);
        world.ask(new PoolCommand.CancelJob(B, "enough"));
        runs(world, A);
        assertThat(world.pool.timeline(then)).isEqualTo("""
            0s JobSubmitted b
            1s ShardPreempted a/0@1 PREEMPTED
            2s ShardDetached a/0@1 PREEMPTED
            2s ShardTargeted b/0 to p-n1 FIRST_PLACEMENT
            2s ShardGranted b/0@1 on p-n1 after step 0 FIRST_PLACEMENT
            4s ShardStarted b/0@1
            4s ShardDetached b/0@1 CANCELLED
            4s JobCancelled b
            4s JobFinished b CANCELLED CANCELLED
            4s ShardTargeted a/0 to p-n1 PREEMPTED
            5s ShardGranted a/0@2 on p-n1 after step 16 PREEMPTED
            5s JobArchived b
            6s ShardStarted a/0@2
            """);
    }

    @Test
    void onlyWhereThePoolAllowsItAndTheOtherIsWorse() {
        FakeWorld closed = world(1, 1, false);
        FakeWorld equal = world(1, 1, true);
        submit(closed, A, 0, 1, 1, false);
        submit(equal, A, 5, 1, 1, false);
        for (FakeWorld world : new FakeWorld[] {closed, equal}) {
            runs(world, A);
            submit(world, B, 5, 1, 1, false);
            world.seconds(30);
            assertThat(victims(world)).isEmpty();
        }
    }

    @Test
    void nobodyLeavesWhereThePoolMayHaveAnotherNode() {
        FakeWorld world = world(2, 1, true);
        submit(world, A, 0, 1, 1, false);
        runs(world, A);
        submit(world, B, 5, 1, 1, false);
        runs(world, B);
        assertThat(victims(world)).isEmpty();
    }

    @Test
    void theVictimIsTheOneThatLosesLeast() {
        FakeWorld world = world(2, 1, true);
        submit(world, A, 0, 1, 1, false);
        world.seconds(5);
        submit(world, C, 0, 1, 1, false);
        runs(world, C);
        world.until(20, () -> step(world, A) == 12);
        assertThat(step(world, C)).as("no checkpoint so far").isBetween(5, 9);
        submit(world, B, 5, 1, 1, false);
        runs(world, B);
        assertThat(victims(world)).isEqualTo("a/0");
    }

    private static int step(FakeWorld world, JobId job) {
        return world.show(job).shards().getFirst().step();
    }

    @Test
    void oneThatNeedsMoreTakesSeveralSlotsOfOneNode() {
        FakeWorld world = world(2, 2, true);
        submit(world, A, 0, 4, 1, false);
        runs(world, A);
        submit(world, B, 5, 1, 2, false);
        runs(world, B);
        assertThat(world.pool.events(ShardPreempted.class)).hasSize(2);
    }

    @Test
    void aGangTakesAllThatItNeedsOrNothing() {
        FakeWorld world = world(3, 1, true);
        submit(world, A, 0, 2, 1, false);
        submit(world, C, 7, 1, 1, false);
        runs(world, A);
        submit(world, B, 5, 3, 1, true);
        world.seconds(30);
        assertThat(victims(world)).isEmpty();
        world.ask(new PoolCommand.CancelJob(C, "enough"));
        runs(world, B);
        assertThat(victims(world)).isEqualTo("a/0 a/1");
    }

    @Test
    void aVictimIsLeftInPeaceForAWhile() {
        FakeWorld world = world(1, 1, true);
        submit(world, A, 0, 1, 1, false);
        runs(world, A);
        submit(world, B, 5, 1, 1, false);
        runs(world, B);
        world.ask(new PoolCommand.CancelJob(B, "enough"));
        runs(world, A);
        Instant granted = world.pool.events(ShardGranted.class).getLast().at();
        submit(world, C, 5, 1, 1, false);
        world.until(700, () -> world.pool.events(ShardPreempted.class).size() == 2);
        assertThat(Duration.between(granted, world.pool.now())).isEqualTo(Preemption.PROTECTED);
    }

    @Test
    void aRecoveredPoolGoesOnWithIt() {
        FakeWorld world = world(1, 1, true);
        submit(world, A, 0, 1, 1, false);
        runs(world, A);
        submit(world, B, 5, 1, 1, false);
        world.until(5, () -> !victims(world).isEmpty());
        world.restartController();
        runs(world, B);
        assertThat(new ShardId(A, 0))
                .isEqualTo(world.pool.events(ShardPreempted.class).getFirst().shard());
    }
}
