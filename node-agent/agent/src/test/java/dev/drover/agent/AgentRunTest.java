package dev.drover.agent;

import static dev.drover.agent.AgentScene.NODE;
import static dev.drover.agent.fake.TestNode.lease;
import static dev.drover.agent.fake.TestNode.task;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.agent.fake.Await;
import dev.drover.agent.fake.FakeTrainer;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.StepRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentRunTest {
    private static final Lease FIRST = lease(1);

    @Test
    void registersAndRunsToTheEnd(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            ShardTask task = task(25, 5, 5, "");
            scene.run(FIRST, task, null);
            scene.run(FIRST, task, null);
            ShardStatus done = scene.awaitPhase(FIRST, Phase.DONE);

            assertThat(done.step()).isEqualTo(25);
            assertThat(done.reason()).isNull();
            assertThat(done.saveMillis()).isPositive();
            assertThat(scene.scheduler.reports().getFirst()).isInstanceOfSatisfying(AgentReport.Hello.class, hello -> {
                assertThat(hello.node()).isEqualTo(NODE);
                assertThat(hello.token()).isEqualTo("join-token");
            });
            CheckpointCatalog catalog = new CheckpointCatalog(scene.store);
            CheckpointRef newest = catalog.published(FIRST.shard()).getFirst();
            assertThat(newest).isEqualTo(done.checkpoint());
            assertThat(state(scene, newest)).isEqualTo(FakeTrainer.stateAfter(3, 25));
            assertThat(steps(scene, FIRST))
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, 25).boxed().toList());
            assertThat(catalog.published(FIRST.shard()))
                    .as("older checkpoints are pruned, their steps are not")
                    .hasSizeLessThan(5);
            Await.until("telemetry of the last step", () -> telemetryHas(scene, 25));
            Await.until("the shipped log", () -> log(scene, FIRST).contains("is DONE"));
            assertThat(log(scene, FIRST))
                    .contains("fake trainer starts")
                    .contains("published the checkpoint at step 25");
            Await.until("the program's end", () -> scene.newChildren().isEmpty());
        }
    }

    @Test
    void aProgramThatDiesFailsWithEvidence(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            scene.run(FIRST, task(100, 5, 2, ",\"crashAt\":12"), null);
            ShardStatus failed = scene.awaitPhase(FIRST, Phase.FAILED);
            assertThat(failed.reason())
                    .contains("killed by signal 9 (out of memory?)")
                    .contains("about to crash");
            assertThat(scene.scheduler
                            .awaitShard(NODE, FIRST, status -> status.checkpoint() != null)
                            .step())
                    .isEqualTo(11);
        }
    }

    @Test
    void aProgramThatCannotStartFailsByName(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            scene.run(FIRST, new ShardTask(1, 5, 2, List.of("/no/such/program"), "{}"), null);
            assertThat(scene.awaitPhase(FIRST, Phase.FAILED).reason()).contains("/no/such/program");
            Lease other = Lease.parse("job-b/0@1");
            scene.run(other, new ShardTask(1, 5, 2, List.of("/bin/sh", "-c", "echo no module; exit 3"), "{}"), null);
            assertThat(scene.awaitPhase(other, Phase.FAILED).reason())
                    .contains("exited with code 3")
                    .contains("no module");
        }
    }

    @Test
    void aFullStoreIsToldAndTrainingGoesOn(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            scene.store.full(true);
            scene.run(FIRST, task(100_000, 10, 5, ""), null);
            ShardStatus troubled = scene.scheduler.awaitShard(
                    NODE, FIRST, status -> status.reason() != null && status.phase() == Phase.RUNNING);
            assertThat(troubled.reason()).contains("No space left on device");
            assertThat(troubled.checkpoint()).isNull();
            int step = troubled.step();
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > step + 20);
            assertThat(new CheckpointCatalog(scene.store).published(FIRST.shard()))
                    .isEmpty();

            scene.store.full(false);
            ShardStatus healed = scene.scheduler.awaitShard(
                    NODE, FIRST, status -> status.checkpoint() != null && status.reason() == null);
            CheckpointRef ref = healed.checkpoint();
            assertThat(ref).isNotNull();
            assertThat(steps(scene, FIRST))
                    .as("the first checkpoint that works carries all steps since the beginning")
                    .startsWith(1, 2, 3)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void theLastSaveIsPublishedOnceTheStoreHasSpaceAgain(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            scene.store.full(true);
            scene.run(FIRST, task(7, 5, 5, ""), null);
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() == 7 && status.reason() != null);
            scene.store.full(false);
            ShardStatus done = scene.awaitPhase(FIRST, Phase.DONE);
            assertThat(done.reason()).isNull();
            assertThat(done.checkpoint())
                    .isNotNull()
                    .satisfies(ref -> assertThat(ref.step()).isEqualTo(7));
            assertThat(steps(scene, FIRST)).containsExactly(1, 2, 3, 4, 5, 6, 7);
        }
    }

    @Test
    void releaseKillsAndForgets(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            ShardTask task = task(100_000, 10, 5, "");
            scene.run(FIRST, task, null);
            scene.awaitPhase(FIRST, Phase.RUNNING);
            assertThat(scene.newChildren()).hasSize(1);
            scene.scheduler.order(NODE, new AgentCommand.Release(FIRST, "cancelled"));
            Await.until(
                    "the lease to be forgotten",
                    () -> scene.scheduler.shard(NODE, FIRST).isEmpty());
            Await.until("the program's end", () -> scene.newChildren().isEmpty());
            assertThat(directory.resolve("node-1/shards/job-a-3-g1")).doesNotExist();

            scene.run(FIRST, task, null);
            Lease second = lease(2);
            scene.run(second, task, null);
            scene.awaitPhase(second, Phase.RUNNING);
            scene.awaitPhase(FIRST, Phase.STOPPED);
            assertThat(scene.newChildren())
                    .as("a late order for a released lease has an answer, and no effect")
                    .hasSize(1);
            scene.scheduler.order(NODE, new AgentCommand.Release(FIRST, "stale"));
            Await.until(
                    "the lease to be forgotten again",
                    () -> scene.scheduler.shard(NODE, FIRST).isEmpty());
            scene.run(lease(3), task, null);
            scene.awaitPhase(lease(3), Phase.RUNNING);
            Await.until(
                    "the older generation is fenced",
                    () -> scene.scheduler.shard(NODE, second).isEmpty());
        }
    }

    /** Its scheduler took the promise back, and then granted what it had promised: it must not wait for ever. */
    @Test
    void aGrantOfAPromiseThatWasTakenBackIsAnswered(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            ShardTask task = task(100_000, 10, 5, "");
            scene.scheduler.order(NODE, new AgentCommand.Prepare(FIRST, task));
            scene.awaitPhase(FIRST, Phase.PREPARED);
            scene.scheduler.order(NODE, new AgentCommand.Release(FIRST, "the target was dropped"));
            Await.until(
                    "the lease to be forgotten",
                    () -> scene.scheduler.shard(NODE, FIRST).isEmpty());
            scene.run(FIRST, task, null);
            assertThat(scene.awaitPhase(FIRST, Phase.STOPPED).reason()).contains("let the lease go");
            scene.run(lease(2), task, null);
            scene.awaitPhase(lease(2), Phase.RUNNING);
        }
    }

    /** The upload's end, which deletes the shard's files, comes before the last look at the log. */
    @Test
    void aReleaseDuringAnUploadLeavesTheWholeLog(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            CountDownLatch upload = scene.store.hold("state.safetensors");
            scene.run(FIRST, task(100_000, 3, 5, ""), null);
            Await.until("an upload", () -> scene.store.holds("state.safetensors"));
            CountDownLatch ship = scene.store.hold("log.txt");
            scene.scheduler.order(NODE, new AgentCommand.Release(FIRST, "cancelled"));
            Await.until("the log on its way", () -> scene.store.holds("log.txt"));
            Await.until("the program's end", () -> scene.newChildren().isEmpty());
            upload.countDown();
            Path files = directory.resolve("node-1/shards/job-a-3-g1");
            Await.until("the upload's end", () -> !Files.exists(files));
            ship.countDown();
            Await.until("the last line", () -> log(scene, FIRST).contains("is released: cancelled"));
            Await.until(
                    "the lease to be forgotten",
                    () -> scene.scheduler.shard(NODE, FIRST).isEmpty());
            assertThat(directory.resolve("node-1/shards")).isEmptyDirectory();
        }
    }

    @Test
    void anAgentThatEndsLeavesNoProcessAndNoSocket(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            Agent agent = scene.start();
            scene.run(FIRST, task(100_000, 10, 5, ""), null);
            scene.awaitPhase(FIRST, Phase.RUNNING);
            agent.close();
            Await.until("the program's end", () -> scene.newChildren().isEmpty());
        }
    }

    private static boolean telemetryHas(AgentScene scene, int step) {
        return scene.scheduler.reports().stream()
                .filter(AgentReport.Telemetry.class::isInstance)
                .map(AgentReport.Telemetry.class::cast)
                .flatMap(telemetry -> telemetry.steps().stream())
                .anyMatch(record -> record.step() == step);
    }

    /** The step numbers of all step records that were published under {@code lease}, in order of their checkpoints. */
    private static List<Integer> steps(AgentScene scene, Lease lease) throws IOException {
        List<Integer> steps = new ArrayList<>();
        for (String key : scene.store.list(CheckpointLayout.generationPrefix(lease))) {
            if (key.endsWith(CheckpointLayout.STEPS)) {
                new String(scene.store.get(key).orElseThrow(), UTF_8)
                        .lines()
                        .forEach(line -> steps.add(
                                ShardWire.parse(line, StepRecord.class).step()));
            }
        }
        return steps;
    }

    private static long state(AgentScene scene, CheckpointRef ref) throws IOException {
        String key = CheckpointLayout.checkpoint(ref.lease(), ref.step()) + "state.safetensors";
        return Long.parseLong(new String(scene.store.get(key).orElseThrow(), UTF_8).split(" ", 3)[1]);
    }

    private static String log(AgentScene scene, Lease lease) {
        try {
            return new String(scene.store.get(CheckpointLayout.log(lease)).orElse(new byte[0]), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
