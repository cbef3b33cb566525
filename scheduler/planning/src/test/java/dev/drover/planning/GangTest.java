package dev.drover.planning;

import static dev.drover.planning.Specs.SPOT_A;
import static dev.drover.planning.Specs.SPOT_B;
import static dev.drover.planning.Specs.cpus;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.node;
import static dev.drover.planning.Specs.pool;
import static dev.drover.planning.Specs.scheduled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.drover.planning.event.PoolEvent.JobFinished;
import dev.drover.planning.event.PoolEvent.NodeRequested;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.pool.CapacityMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All shards of a gang start together, or none does. */
class GangTest {
    private static final JobId A = new JobId("a");
    private static final JobId B = new JobId("b");

    private final FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 4), 1);

    @BeforeEach
    void shortJobs() {
        world.steps(20);
    }

    private static JobSpec gang(int shards) {
        return job(shards, cpus(1), 0, scheduled(0, true));
    }

    private Reason why(JobId job) {
        return world.show(job).why().orElseThrow();
    }

    private void granted(JobId job) {
        world.until(600, () -> !starts(job).isEmpty());
    }

    private void gone(JobId job) {
        world.until(600, () -> world.state().job(job).isEmpty());
    }

    /** When first generations of the job were granted. */
    private Set<Instant> starts(JobId job) {
        return world.pool.events(ShardGranted.class).stream()
                .filter(grant ->
                        grant.shard().job().equals(job) && grant.lease().generation() == 1)
                .map(ShardGranted::at)
                .collect(Collectors.toSet());
    }

    @Test
    void aGangStartsOnceTheLastOfItsNodesIsReady() {
        world.ask(new PoolCommand.ScalePool(1, 4));
        world.seconds(10);
        Instant then = world.pool.now();
        world.submit(A, gang(3));
        world.seconds(2);
        assertThat(why(A).code()).isEqualTo(Code.GANG);
        assertThat(why(A).text())
                .isEqualTo("Node p-n1 is ready; the nodes of 2 of the 3 shards that start together are not.");
        world.seconds(4);
        assertThat(world.pool.timeline(then)).isEqualTo("""
            0s JobSubmitted a
            0s ShardTargeted a/0 to p-n1 FIRST_PLACEMENT
            0s NodeRequested p-n2 in local:a:m1:SPOT CHEAPEST_SPOT
            0s ShardTargeted a/1 to p-n2 CHEAPEST_SPOT
            0s NodeRequested p-n3 in local:a:m1:SPOT CHEAPEST_SPOT
            0s ShardTargeted a/2 to p-n3 CHEAPEST_SPOT
            3s NodeLaunched p-n2 in local:a:m1:SPOT
            3s NodeLaunched p-n3 in local:a:m1:SPOT
            6s NodeJoined p-n2
            6s NodeJoined p-n3
            6s ShardGranted a/0@1 on p-n1 after step 0 FIRST_PLACEMENT
            6s ShardGranted a/1@1 on p-n2 after step 0 CHEAPEST_SPOT
            6s ShardGranted a/2@1 on p-n3 after step 0 CHEAPEST_SPOT
            """);
        gone(A);
    }

    @Test
    void whereOneSlotIsMissingNoneIsTakenAndTheNodesAreGivenBack() {
        world.capacity.put(SPOT_A, 2);
        world.capacity.put(SPOT_B, 0);
        world.submit(A, gang(3));
        world.until(
                60,
                () -> why(A).text()
                        .startsWith(
                                "All 3 shards start together, and one of their nodes was refused 2 times in a row; the next"));
        world.seconds(1_800);
        assertThat(starts(A)).isEmpty();
        assertThat(world.pool.events(NodeRequested.class))
                .as("launches in half an hour")
                .hasSizeLessThan(36);
        world.until(400, () -> world.instances().isEmpty());
        world.capacity.put(SPOT_B, 1);
        gone(A);
        assertThat(starts(A)).hasSize(1);
    }

    @Test
    void whatAGangLetsGoOthersTake() {
        world.capacity.put(SPOT_A, 2);
        world.capacity.put(SPOT_B, 0);
        world.submit(A, gang(3));
        world.submit(B, job(2, 0));
        gone(B);
        assertThat(starts(A)).isEmpty();
    }

    @Test
    void aGangThatThePoolCanNeverHoldSaysSoAndBuysNothing() {
        world.submit(A, gang(5));
        world.submit(B, gang(4));
        assertThat(why(A).code()).isEqualTo(Code.GANG_TOO_LARGE);
        assertThat(why(A).text())
                .isEqualTo(
                        "All 5 shards start together, and the pool holds 4 of them at most; an operator can scale it.");
        gone(B);
        assertThat(world.pool.events(NodeRequested.class)).hasSize(4);
        world.ask(new PoolCommand.ScalePool(0, 5));
        gone(A);
    }

    @Test
    void ofTwoGangsTheEarlierRunsThenTheOther() {
        world.submit(A, gang(3));
        world.submit(B, gang(3));
        granted(A);
        assertThat(starts(B)).isEmpty();
        assertThat(why(B).text())
                .isEqualTo("All 3 shards start together, and 2 slots are missing. It is about to be placed.");
        gone(B);
        assertThat(world.pool.events(JobFinished.class))
                .extracting(JobFinished::job, JobFinished::state)
                .containsExactly(tuple(A, JobState.SUCCEEDED), tuple(B, JobState.SUCCEEDED));
    }

    @Test
    void aNodeThatDiesBeforeAllAreReadyIsReplaced() {
        world.submit(A, gang(3));
        world.seconds(4);
        world.kill(node(2));
        gone(A);
        assertThat(starts(A)).hasSize(1);
        assertThat(world.pool.events(NodeRequested.class)).hasSize(4);
    }

    @Test
    void aPauseAndARecoveryInBetweenTakeNothingApart() {
        world.submit(A, gang(3));
        world.ask(new PoolCommand.PausePool());
        world.seconds(4);
        world.kill(node(2));
        world.seconds(4);
        assertThat(starts(A)).isEmpty();
        world.restartController();
        world.ask(new PoolCommand.ResumePool());
        gone(A);
        assertThat(starts(A)).hasSize(1);
    }

    @Test
    void onceStartedEachShardMovesByItself() {
        world.submit(A, gang(3));
        granted(A);
        world.seconds(5);
        world.notice(node(1), Duration.ofSeconds(30));
        List<ShardId> others = List.of(new ShardId(A, 1), new ShardId(A, 2));
        world.seconds(3);
        assertThat(others).allMatch(other -> world.pool.shard(other).state() == ShardState.RUNNING);
        gone(A);
        assertThat(world.pool.events(ShardGranted.class)).hasSize(4);
    }
}
