package dev.drover.agent;

import static dev.drover.agent.AgentScene.NODE;
import static dev.drover.agent.fake.TestNode.lease;
import static dev.drover.agent.fake.TestNode.task;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.agent.fake.Await;
import dev.drover.agent.fake.FakeTrainer;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.HandoffTarget;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentHandoffTest {
    private static final NodeId SUCCESSOR = new NodeId("node-2");
    private static final Lease FIRST = lease(1);
    private static final Lease SECOND = lease(2);
    private static final String TWO_MEGABYTES = ",\"padding\":2000000";

    @Test
    void theStateGoesStraightToTheSuccessor(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            handOff(scene, task(300, 1000, 5, TWO_MEGABYTES), target -> target);
            assertThat(log(scene)).contains("from what its predecessor pushed").contains("resumed at step");
        }
    }

    @Test
    void aRefusedPushFallsBackToTheStore(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            handOff(
                    scene,
                    task(150, 1000, 5, ",\"deaf\":true"),
                    target -> new HandoffTarget(target.url(), "another-token"));
            assertThat(log(scene)).contains("of job-a/3@1 from the store").contains("resumed at step");
        }
    }

    /** The whole of a handoff, with {@code misdirect} between the target that is offered and the one that is used. */
    private static void handOff(AgentScene scene, ShardTask task, UnaryOperator<HandoffTarget> misdirect)
            throws IOException {
        scene.start();
        scene.start(SUCCESSOR.value(), List.of(scene.scheduler.url()));
        scene.run(FIRST, task, null);
        scene.scheduler.order(SUCCESSOR, new AgentCommand.Prepare(SECOND, task));
        HandoffTarget offered =
                scene.scheduler.awaitPhase(SUCCESSOR, SECOND, Phase.PREPARED).target();
        assertThat(offered).isNotNull();
        scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 5);

        HandoffTarget target = offered == null ? null : misdirect.apply(offered);
        scene.scheduler.order(
                NODE, new AgentCommand.HandOff(FIRST, target, Instant.now().plusSeconds(20)));
        ShardStatus stopped = scene.awaitPhase(FIRST, Phase.STOPPED);
        CheckpointRef last = stopped.checkpoint();
        assertThat(last).isNotNull().satisfies(ref -> assertThat(ref.step()).isEqualTo(stopped.step()));
        scene.scheduler.order(SUCCESSOR, new AgentCommand.Run(SECOND, task, last));
        ShardStatus done = scene.scheduler.awaitPhase(SUCCESSOR, SECOND, Phase.DONE);
        assertState(scene, done.checkpoint(), done.step());
        Await.until("the log", () -> log(scene).contains("is DONE"));
    }

    private static void assertState(AgentScene scene, @Nullable CheckpointRef ref, int step) throws IOException {
        assertThat(ref).isNotNull();
        if (ref != null) {
            String key = CheckpointLayout.checkpoint(ref.lease(), ref.step()) + "state.safetensors";
            String state = new String(scene.store.get(key).orElseThrow(), UTF_8);
            assertThat(state.split(" ", 3)[1])
                    .as("as if nobody had disturbed it")
                    .isEqualTo(Long.toString(FakeTrainer.stateAfter(3, step)));
        }
    }

    @Test
    void onlyThisHandoffsPlainFilesAreTaken(@TempDir Path directory) throws Exception {
        try (AgentScene scene = new AgentScene(directory);
                HttpClient http = HttpClient.newHttpClient()) {
            scene.start();
            scene.scheduler.order(NODE, new AgentCommand.Prepare(FIRST, task(10, 5, 5, "")));
            HandoffTarget target = scene.awaitPhase(FIRST, Phase.PREPARED).target();
            assertThat(target).isNotNull();
            if (target != null) {
                assertThat(put(http, target, "/model.safetensors", target.token()))
                        .isEqualTo(204);
                assertThat(put(http, target, "/model.safetensors", "guess")).isEqualTo(401);
                for (String name : List.of("/a/b", "/", "/%2e%2e%2fx", "/.hidden")) {
                    assertThat(put(http, target, name, target.token())).as(name).isEqualTo(400);
                }
            }
            Path received = directory.resolve("node-1/shards/job-a-3-g1-received");
            try (var files = Files.list(received)) {
                assertThat(files.map(file -> file.getFileName().toString())).containsExactly("model.safetensors");
            }
        }
    }

    private static int put(HttpClient http, HandoffTarget target, String name, String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(target.url() + name))
                .header("Authorization", "Bearer " + token)
                .PUT(HttpRequest.BodyPublishers.ofString("content"))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    @Test
    void aWarmProcessIsUsed(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.scheduler.preferWarm();
            scene.start();
            Path log = directory.resolve("node-1/logs/process-1.log");
            Await.until("the warm process to print", () -> contains(log, "fake trainer starts"));
            assertThat(scene.newChildren()).hasSize(1);
            long warm = scene.newChildren().iterator().next();
            scene.run(FIRST, task(100_000, 10, 5, ""), null);
            scene.awaitPhase(FIRST, Phase.RUNNING);
            assertThat(Files.readString(log)).contains("runs process " + warm);
            Await.until("the next warm process", () -> scene.newChildren().size() == 2);
        }
    }

    @Test
    void aRunningShardPublishesItsLastStepBeforeItStops(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            scene.run(FIRST, task(100_000, 7, 5, ""), null);
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 20);
            AgentCommand order =
                    new AgentCommand.HandOff(FIRST, null, Instant.now().plusSeconds(20));
            scene.scheduler.order(NODE, order);
            scene.scheduler.order(NODE, order);
            ShardStatus stopped = scene.awaitPhase(FIRST, Phase.STOPPED);
            assertThat(stopped.reason()).isNull();
            assertState(scene, stopped.checkpoint(), stopped.step());
            Await.until("the program's end", () -> scene.newChildren().isEmpty());
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.exists(file) && Files.readString(file).contains(text);
        } catch (IOException e) {
            return false;
        }
    }

    private static String log(AgentScene scene) {
        try {
            return new String(scene.store.get(CheckpointLayout.log(SECOND)).orElse(new byte[0]), UTF_8);
        } catch (IOException e) {
            throw new AssertionError("the log of " + SECOND, e);
        }
    }
}
