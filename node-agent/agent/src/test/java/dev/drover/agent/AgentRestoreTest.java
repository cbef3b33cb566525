package dev.drover.agent;

import static dev.drover.agent.AgentScene.NODE;
import static dev.drover.agent.fake.TestNode.lease;
import static dev.drover.agent.fake.TestNode.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.agent.fake.Await;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentRestoreTest {
    private static final Lease FIRST = lease(1);
    private static final Lease SECOND = lease(2);

    @Test
    void aFlippedByteIsNoStateToResumeFrom(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            CheckpointRef ref = stoppedAt(scene);
            String key = CheckpointLayout.checkpoint(FIRST, ref.step()) + "state.safetensors";
            byte[] content = scene.store.get(key).orElseThrow();
            content[content.length - 1] ^= 1;
            scene.store.put(key, Files.write(directory.resolve("altered"), content));

            scene.run(SECOND, task(200, 10, 5, ""), ref);
            ShardStatus failed = scene.awaitPhase(SECOND, Phase.RESTORE_FAILED);
            assertThat(failed.badCheckpoint()).isEqualTo(ref);
            assertThat(failed.reason()).contains(key).contains("SHA-256");
            assertThat(failed.step()).isEqualTo(ref.step());
        }
    }

    @Test
    void aManifestThatIsGoneOrAnotherIsNamed(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            CheckpointRef ref = stoppedAt(scene);
            CheckpointRef other = new CheckpointRef(FIRST, ref.step(), "00".repeat(32));
            scene.run(SECOND, task(200, 10, 5, ""), other);
            assertThat(scene.awaitPhase(SECOND, Phase.RESTORE_FAILED).reason()).contains(ref.manifestDigest());
            scene.store.deleteAll(CheckpointLayout.manifest(FIRST, ref.step()));
            scene.run(lease(3), task(200, 10, 5, ""), ref);
            assertThat(scene.awaitPhase(lease(3), Phase.RESTORE_FAILED).reason())
                    .contains("is missing");
        }
    }

    /** A start in trouble is given up after a while, so a retry that does well must not look like trouble. */
    @Test
    void aStoreThatAnswersAgainIsNoLongerToldAsTrouble(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            CheckpointRef ref = stoppedAt(scene);
            scene.store.unreadable(true);
            scene.run(SECOND, task(200, 10, 5, ""), ref);
            ShardStatus troubled = scene.scheduler.awaitShard(NODE, SECOND, status -> status.reason() != null);
            assertThat(troubled.reason()).contains("Connection refused");
            CountDownLatch slow = scene.store.hold("state.safetensors");
            scene.store.unreadable(false);
            Await.until("the retry", () -> scene.store.holds("state.safetensors"));
            ShardStatus retries = scene.scheduler.awaitShard(NODE, SECOND, status -> status.reason() == null);
            assertThat(retries.phase()).isEqualTo(Phase.STARTING);
            slow.countDown();
            scene.awaitPhase(SECOND, Phase.DONE);
        }
    }

    private static CheckpointRef stoppedAt(AgentScene scene) throws IOException {
        scene.start();
        scene.run(FIRST, task(200, 1000, 5, ""), null);
        scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 3);
        scene.scheduler.order(
                NODE, new AgentCommand.HandOff(FIRST, null, Instant.now().plusSeconds(20)));
        CheckpointRef ref = scene.awaitPhase(FIRST, Phase.STOPPED).checkpoint();
        if (ref == null) {
            throw new AssertionError("stopped without a checkpoint");
        }
        return ref;
    }
}
