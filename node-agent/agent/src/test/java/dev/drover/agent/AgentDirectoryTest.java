package dev.drover.agent;

import static dev.drover.agent.AgentScene.NODE;
import static dev.drover.agent.fake.TestNode.lease;
import static dev.drover.agent.fake.TestNode.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.id.Lease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's own directory: shared with nobody, and not always writable. */
final class AgentDirectoryTest {
    private static final Lease FIRST = lease(1);

    @Test
    void aSecondAgentThereIsRefusedAndHarmsNothing(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            Agent first = scene.start();
            scene.run(FIRST, task(100_000, 10, 5, ""), null);
            int step = scene.scheduler
                    .awaitShard(NODE, FIRST, status -> status.checkpoint() != null)
                    .step();
            assertThatThrownBy(scene::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another agent runs in")
                    .hasMessageContaining("DROVER_INSTANCE_DIR");
            ShardStatus later = scene.scheduler.awaitShard(
                    NODE,
                    FIRST,
                    status -> status.checkpoint() != null && status.checkpoint().step() > step + 30);
            assertThat(later.reason()).isNull();
            first.close();
            scene.start();
        }
    }

    /** The node is at fault, so the job waits and does not fail. */
    @Test
    void aNodeThatCannotStartAProgramSaysSoAndTriesAgain(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            Path logs = Files.createFile(directory.resolve("node-1/logs"));
            scene.run(FIRST, task(100_000, 10, 5, ""), null);
            ShardStatus troubled = scene.scheduler.awaitShard(NODE, FIRST, status -> status.reason() != null);
            assertThat(troubled.phase()).isEqualTo(Phase.STARTING);
            assertThat(troubled.reason())
                    .contains("this node can't start a program")
                    .contains(logs.toString());
            Files.delete(logs);
            assertThat(scene.awaitPhase(FIRST, Phase.RUNNING).reason()).isNull();
        }
    }

    @Test
    void aNodeThatCannotHoldTheShardsFilesSaysSoAndTriesAgain(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            Path shards = Files.createFile(directory.resolve("node-1/shards"));
            scene.run(FIRST, task(100_000, 10, 2_000, ""), null);
            ShardStatus troubled = scene.scheduler.awaitShard(NODE, FIRST, status -> status.reason() != null);
            assertThat(troubled.phase()).isEqualTo(Phase.STARTING);
            Files.delete(shards);
            assertThat(scene.scheduler
                            .awaitShard(NODE, FIRST, status -> status.reason() == null)
                            .phase())
                    .as("told before the first step")
                    .isEqualTo(Phase.STARTING);
        }
    }
}
