package dev.drover.agent;

import static dev.drover.agent.AgentScene.NODE;
import static dev.drover.agent.fake.TestNode.lease;
import static dev.drover.agent.fake.TestNode.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.agent.fake.Await;
import dev.drover.agent.fake.TestNode;
import dev.drover.protocol.agent.UserData;
import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as its own process, as an instance starts it. */
final class AgentMainTest {
    private static final Lease FIRST = lease(1);

    @Test
    void sigtermSavesAndEndsEverything(@TempDir Path directory) throws Exception {
        try (AgentScene scene = new AgentScene(directory)) {
            Process agent = start(scene);
            scene.run(FIRST, task(1_000_000, 100_000, 5, ""), null);
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 5);
            agent.destroy();
            assertThat(agent.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(new CheckpointCatalog(scene.store).published(FIRST.shard()))
                    .hasSize(1);
            Await.until("the program's end", () -> scene.newChildren().isEmpty());
        }
    }

    @Test
    void killedItLeavesNoProgramBehind(@TempDir Path directory) throws Exception {
        try (AgentScene scene = new AgentScene(directory)) {
            Process agent = start(scene);
            scene.run(FIRST, task(1_000_000, 100_000, 5, ""), null);
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 5);
            ProcessHandle program = agent.children().findFirst().orElseThrow();
            agent.destroyForcibly();
            Await.until("the socket's end to end the program", () -> !program.isAlive());
        }
    }

    @Test
    void whatIsMissingIsNamed(@TempDir Path directory) throws Exception {
        ProcessBuilder builder = java(directory);
        builder.environment().remove("DROVER_METADATA_URL");
        Process agent = builder.start();
        assertThat(agent.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).isEqualTo(2);
        assertThat(directory.resolve("agent.log")).content().contains("DROVER_METADATA_URL: is not set");
    }

    private static Process start(AgentScene scene) throws IOException {
        Path trainer = scene.directory.resolve("trainer.json");
        Files.write(trainer, DroverJson.mapper().writeValueAsBytes(TestNode.trainer()));
        UserData identity = new UserData(
                NODE,
                new PoolName("pool"),
                List.of(scene.scheduler.url()),
                "join-token",
                scene.directory.resolve("store").toUri().toString());
        scene.metadata.set("/latest/user-data", DroverJson.mapper().writeValueAsString(identity));
        ProcessBuilder builder = java(scene.directory);
        builder.environment()
                .put("DROVER_METADATA_URL", scene.metadata.address().toString());
        builder.environment()
                .put("DROVER_INSTANCE_DIR", scene.directory.resolve("instance").toString());
        builder.environment().put("DROVER_TRAINER", trainer.toString());
        return builder.start();
    }

    private static ProcessBuilder java(Path directory) {
        return new ProcessBuilder(
                        TestNode.trainer().command().getFirst(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AgentMain.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("agent.log").toFile());
    }
}
