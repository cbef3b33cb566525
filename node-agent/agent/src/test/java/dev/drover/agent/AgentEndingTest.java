package dev.drover.agent;

import static dev.drover.agent.AgentScene.NODE;
import static dev.drover.agent.fake.TestNode.lease;
import static dev.drover.agent.fake.TestNode.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.agent.fake.Await;
import dev.drover.agent.fake.FakeTrainer.Quirk;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a program says last, and whatever the store does then: the lease ends in a state that is true. */
final class AgentEndingTest {
    private static final Lease FIRST = lease(1);

    @ParameterizedTest
    @CsvSource({
        "UNSAVED, after step 7 without a checkpoint of that step (the newest is of step 5)",
        "NESTED, nested can't be part of a checkpoint",
        "ABSENT, save-7 is not a directory",
        "UNASKED, was not asked to stop",
        "EMPTY_STEP, record: is missing",
    })
    void aProgramThatEndsWithoutItsLastCheckpointHasFailed(Quirk quirk, String why, @TempDir Path directory)
            throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            scene.run(FIRST, ending(quirk), null);
            assertThat(scene.awaitPhase(FIRST, Phase.FAILED).reason()).contains(why);
            Await.until("the program's end", () -> scene.newChildren().isEmpty());
        }
    }

    @Test
    void aReasonOfAnyLengthFitsIntoAFrame(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            scene.run(FIRST, ending(Quirk.WORDY), null);
            assertThat(scene.awaitPhase(FIRST, Phase.FAILED).reason()).startsWith("so it is so it is");
        }
    }

    @Test
    void aSaveThatIsSaidTwiceIsPublishedOnce(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            scene.run(FIRST, ending(Quirk.TWICE), null);
            assertStep(scene.awaitPhase(FIRST, Phase.DONE), FIRST, 7);
        }
    }

    @Test
    void startedFromItsLastStepItNeedNotSaveAgain(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            scene.run(FIRST, ending(Quirk.NONE), null);
            CheckpointRef last = scene.awaitPhase(FIRST, Phase.DONE).checkpoint();
            scene.run(lease(2), ending(Quirk.NOTHING_LEFT), last);
            assertThat(scene.awaitPhase(lease(2), Phase.DONE).checkpoint()).isEqualTo(last);
        }
    }

    @Test
    void aProgramThatHasNoStepsToMakeIsDoneWithNothingSaved(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            scene.run(FIRST, task(0, 20, 5, ""), null);
            assertThat(scene.awaitPhase(FIRST, Phase.DONE).checkpoint()).isNull();
        }
    }

    /** The node goes while the last save can't be published: the job is not done, its successor makes the last steps. */
    @Test
    void doneButNotPublishedByTheDeadlineIsStopped(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            doneWithAFullStore(scene);
            scene.scheduler.order(
                    NODE, new AgentCommand.HandOff(FIRST, null, Instant.now().plusMillis(500)));
            ShardStatus stopped = scene.awaitPhase(FIRST, Phase.STOPPED);
            assertStep(stopped, FIRST, 20);
            assertThat(stopped.reason())
                    .contains("step 25 could not be published")
                    .contains("No space left");
        }
    }

    @Test
    void aNoticeWhileTheLastSaveIsPublishedDoesNotDisturbIt(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            doneWithAFullStore(scene);
            scene.scheduler.order(
                    NODE, new AgentCommand.HandOff(FIRST, null, Instant.now().plusSeconds(20)));
            scene.awaitPhase(FIRST, Phase.STOPPING);
            scene.store.full(false);
            assertStep(scene.awaitPhase(FIRST, Phase.DONE), FIRST, 25);
        }
    }

    @Test
    void cancelledWhileTheLastSaveIsPublishedItIsForgotten(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            doneWithAFullStore(scene);
            scene.scheduler.order(NODE, new AgentCommand.Release(FIRST, "cancelled"));
            Await.until(
                    "the lease to be forgotten",
                    () -> scene.scheduler.shard(NODE, FIRST).isEmpty());
            scene.store.full(false);
            assertThat(directory.resolve("node-1/shards")).isEmptyDirectory();
            assertThat(directory.resolve("node-1/logs/process-1.log")).doesNotExist();
            assertThat(new CheckpointCatalog(scene.store)
                            .published(FIRST.shard())
                            .getFirst()
                            .step())
                    .isEqualTo(20);
        }
    }

    /** It said done after step 25, of which there is no checkpoint; the newest is of step 20. */
    private static void doneWithAFullStore(AgentScene scene) {
        scene.store.fullAfterTheNextManifest();
        scene.run(FIRST, task(25, 20, 5, ""), null);
        scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() == 25 && status.reason() != null);
        Await.until("the program's end", () -> scene.newChildren().isEmpty());
    }

    private static ShardTask ending(Quirk quirk) {
        return task(7, 5, 20, ",\"quirk\":\"" + quirk + "\"");
    }

    private static void assertStep(ShardStatus status, Lease lease, int step) {
        assertThat(status.checkpoint()).isNotNull().satisfies(ref -> {
            assertThat(ref.lease()).isEqualTo(lease);
            assertThat(ref.step()).isEqualTo(step);
        });
    }
}
