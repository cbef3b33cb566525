package dev.drover.planning;

import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.SHARD;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.node;
import static dev.drover.planning.Specs.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.CheckpointRejected;
import dev.drover.planning.event.PoolEvent.JobFinished;
import dev.drover.planning.event.PoolEvent.ShardFailed;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.planning.input.Input;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A checkpoint can't be brought back: whose fault is it, and what is done meanwhile. */
class RestoreTest {
    private final FakeWorld world = FakeWorld.of(pool(), 1);

    /** One shard whose node has just died, with step 10 saved. */
    private Instant savedAndLost() {
        world.submit(JOB, job(1, 0));
        world.until(60, () -> world.published(SHARD).size() == 1);
        world.kill(node(1));
        return world.pool.now();
    }

    private ShardView shown() {
        return world.show(JOB).shards().getFirst();
    }

    private void everyNode(Set<NodeId> afflicted) {
        IntStream.rangeClosed(1, 40).forEach(number -> afflicted.add(node(number)));
    }

    /** The job ends well, and nothing that was saved was given up on the way. */
    private void finishedFromStepTen() {
        world.until(900, () -> world.state().job(JOB).isEmpty());
        assertThat(world.pool.events(JobFinished.class).getFirst().state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(world.pool.events(CheckpointRejected.class)).isEmpty();
        assertThat(world.pool.events(ShardFailed.class)).isEmpty();
        assertThat(world.pool.events(ShardGranted.class))
                .extracting(grant -> grant.resumeFrom().map(CheckpointRef::step).orElse(0))
                .startsWith(0)
                .doesNotContain(20)
                .filteredOn(step -> step == 0)
                .hasSize(1);
    }

    @Test
    void aNodeThatCannotReadAValidCheckpointIsLeftForAnother() {
        world.blind.add(node(2));
        Instant then = savedAndLost();
        finishedFromStepTen();
        assertThat(world.pool.timeline(then)).startsWith("""
            1s ShardDetached j/0@1 NODE_TERMINATED
            1s NodeGone p-n1 NODE_TERMINATED
            1s NodeRequested p-n2 in local:b:m1:SPOT OTHER_ZONE
            1s ShardTargeted j/0 to p-n2 NODE_TERMINATED
            4s NodeLaunched p-n2 in local:b:m1:SPOT
            7s NodeJoined p-n2
            8s ShardGranted j/0@2 on p-n2 after step 10 NODE_TERMINATED
            8s ShardDetached j/0@2 RESTORE_FAILED
            8s ShardTargeted j/0 to p-n2 RESTORE_FAILED
            9s TargetDropped j/0 RESTORE_FAILED
            13s NodeRequested p-n3 in local:a:m1:SPOT CHEAPEST_SPOT
            13s ShardTargeted j/0 to p-n3 RESTORE_FAILED
            16s NodeLaunched p-n3 in local:a:m1:SPOT
            19s NodeJoined p-n3
            20s ShardGranted j/0@3 on p-n3 after step 10 RESTORE_FAILED
            21s ShardStarted j/0@3
            """);
    }

    @Test
    void whereThereIsNoOtherNodeTheSameOneTriesAgainLater() {
        world.ask(new PoolCommand.ScalePool(0, 1));
        world.blind.add(node(2));
        savedAndLost();
        world.until(60, () -> world.pool.shard(SHARD).generation() == 3);
        world.blind.clear();
        finishedFromStepTen();
        assertThat(world.state().nodesRequested()).isEqualTo(2);
    }

    @Test
    void whereNoNodeCanTheShardWaitsLongerAndLongerAndTheJobNeverFails() {
        everyNode(world.blind);
        savedAndLost();
        world.seconds(1_500);
        List<Instant> tries = world.pool.events(ShardGranted.class).stream()
                .skip(1)
                .map(ShardGranted::at)
                .toList();
        assertThat(Duration.between(tries.get(1), tries.get(2)))
                .isLessThan(Duration.between(tries.get(4), tries.get(5)));
        assertThat(tries).hasSizeBetween(6, 12);
        assertThat(world.instances()).as("no more than two are paid for it").hasSizeLessThanOrEqualTo(2);
        assertThat(shown().why().orElseThrow().code()).isEqualTo(Code.RETRYING);
        assertThat(shown().why().orElseThrow().text()).contains("could not bring back the checkpoint of step 10");
        world.blind.clear();
        finishedFromStepTen();
    }

    @Test
    void aNodeThatIsCutOffFromTheStoreIsLeftAfterAMinute() {
        world.cutOff.add(node(2));
        savedAndLost();
        world.until(30, () -> shown().trouble().isPresent());
        assertThat(shown().trouble()).contains("can't read the store");
        world.until(90, () -> world.pool.shard(SHARD).node().isEmpty());
        assertThat(shown().why().orElseThrow().text()).contains("can't read the store");
        finishedFromStepTen();
        assertThat(world.pool.events(ShardGranted.class))
                .extracting(ShardGranted::node)
                .containsExactly(node(1), node(2), node(3));
    }

    @Test
    void whereEveryNodeIsCutOffTheSecondOneWaitsForTheStore() {
        everyNode(world.cutOff);
        savedAndLost();
        world.seconds(600);
        assertThat(world.state().nodesRequested()).isEqualTo(3);
        assertThat(shown().trouble()).contains("can't read the store");
        world.cutOff.clear();
        finishedFromStepTen();
    }

    @Test
    void aStoreThatIsAwayIsWaitedForAndTheJobSaysSo() {
        savedAndLost();
        world.storeAway = true;
        world.seconds(600);
        assertThat(world.pool.events(ShardGranted.class)).hasSize(1);
        assertThat(shown().why().orElseThrow().code()).isEqualTo(Code.STORE_UNREADABLE);
        assertThat(shown().why().orElseThrow().text()).contains("the store is away");
        assertThat(world.handedOut.stream().filter(Intent.ReadCheckpoints.class::isInstance))
                .as("not asked every second")
                .hasSizeLessThan(40);
        world.storeAway = false;
        world.until(32, () -> world.pool.shard(SHARD).generation() == 2);
        finishedFromStepTen();
    }

    @Test
    void aStoreThatSuddenlyShowsNothingIsNotBelieved() {
        savedAndLost();
        world.until(60, () -> world.pool.shard(SHARD).generation() == 2);
        world.kill(node(2));
        world.until(60, () -> world.pool.outstanding().stream().anyMatch(Intent.ReadCheckpoints.class::isInstance));
        world.give(new Input.CheckpointsRead(SHARD, 2, world.pool.shard(SHARD).since(), List.of()));
        assertThat(world.pool.shard(SHARD).generation()).isEqualTo(2);
        assertThat(shown().why().orElseThrow().text()).contains("shows no checkpoint of j/0");
        finishedFromStepTen();
    }
}
