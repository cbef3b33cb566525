package dev.drover.agent;

import static dev.drover.agent.AgentScene.NODE;
import static dev.drover.agent.fake.TestNode.lease;
import static dev.drover.agent.fake.TestNode.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.agent.fake.Await;
import dev.drover.agent.fake.FakeScheduler;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.AgentWire;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentLinkTest {
    private static final Lease FIRST = lease(1);

    @Test
    void trainingGoesOnWhileNoSchedulerAnswers(@TempDir Path directory) throws Exception {
        try (AgentScene scene = new AgentScene(directory)) {
            FakeScheduler dying = new FakeScheduler();
            int port = dying.port();
            Agent agent = scene.start(NODE.value(), List.of("ws://127.0.0.1:1/agents/v1", dying.url()));
            dying.order(NODE, new AgentCommand.Run(FIRST, task(1_000_000, 10, 3, ""), null));
            int before =
                    dying.awaitShard(NODE, FIRST, status -> status.step() > 15).step();
            dying.close();

            CheckpointCatalog catalog = new CheckpointCatalog(scene.store);
            Await.until("checkpoints to be published meanwhile", () -> newestStep(catalog) > before + 50);
            try (FakeScheduler next = new FakeScheduler(port)) {
                ShardStatus running = next.awaitPhase(NODE, FIRST, Phase.RUNNING);
                assertThat(running.step()).isGreaterThan(before + 50);
                assertThat(next.reports().getFirst()).isInstanceOf(AgentReport.Hello.class);
                agent.close();
            }
            Await.until("the program's end", () -> scene.newChildren().isEmpty());
        }
    }

    @Test
    void aSilentConnectionIsDialledAnew(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            Await.until("the first status", () -> scene.scheduler.status(NODE).isPresent());
            scene.scheduler.silence();
            Await.until("a second hello", () -> hellos(scene) > 1);
        }
    }

    @Test
    void aSchedulerWhosePoolIsAwayIsNotLeftBeforeTwoThirdsOfTheLease(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            Await.until("the first status", () -> scene.scheduler.status(NODE).isPresent());
            scene.scheduler.poolIsAway();
            Instant away = Instant.now();
            Await.until("a second hello", () -> hellos(scene) > 1);
            assertThat(Duration.between(away, Instant.now())).isGreaterThan(Duration.ofMillis(9_500));
        }
    }

    @Test
    void whatANewerSchedulerSaysThatIsNewIsPassedOverAndTheRestObeyed(@TempDir Path directory) throws IOException {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            byte[] unknown = {AgentWire.VERSION, 70, 1, 2, 3};
            scene.scheduler.send(NODE, unknown);
            byte[] order = AgentWire.encode(new AgentCommand.Run(FIRST, task(1_000_000, 10, 3, ""), null));
            scene.scheduler.send(NODE, Arrays.copyOf(order, order.length + 5));
            scene.awaitPhase(FIRST, Phase.RUNNING);
            scene.scheduler.send(NODE, unknown);
            long before = sequence(scene);
            Await.until("it goes on reporting", () -> sequence(scene) > before + 2);
            assertThat(hellos(scene)).isOne();
        }
    }

    @Test
    void aRefusedAgentEndsWithItsProcesses(@TempDir Path directory) throws Exception {
        try (AgentScene scene = new AgentScene(directory)) {
            Agent agent = scene.start();
            scene.run(FIRST, task(1_000_000, 1000, 5, ""), null);
            scene.awaitPhase(FIRST, Phase.RUNNING);
            scene.scheduler.order(NODE, new AgentCommand.Refuse("not a member"));
            agent.ended().get(10, TimeUnit.SECONDS);
            Await.until("the program's end", () -> scene.newChildren().isEmpty());
            assertThat(new CheckpointCatalog(scene.store).published(FIRST.shard()))
                    .isEmpty();
        }
    }

    @Test
    void unrenewedItSavesStopsAndEnds(@TempDir Path directory) throws Exception {
        try (AgentScene scene = new AgentScene(directory)) {
            Agent agent = scene.start();
            scene.run(FIRST, task(1_000_000, 1000, 5, ""), null);
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 5);
            scene.scheduler.runFor(Duration.ofMillis(300));
            long before = sequence(scene);
            Await.until("two more heartbeats, so that one renewal was short", () -> sequence(scene) > before + 1);
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 20);
            scene.scheduler.silence();
            agent.ended().get(20, TimeUnit.SECONDS);
            List<CheckpointRef> published = new CheckpointCatalog(scene.store).published(FIRST.shard());
            assertThat(published)
                    .singleElement()
                    .satisfies(ref -> assertThat(ref.step()).isGreaterThan(20));
            Await.until("the program's end", () -> scene.newChildren().isEmpty());
        }
    }

    private static long hellos(AgentScene scene) {
        return scene.scheduler.reports().stream()
                .filter(AgentReport.Hello.class::isInstance)
                .count();
    }

    private static long sequence(AgentScene scene) {
        return scene.scheduler.status(NODE).map(AgentReport.Status::sequence).orElse(0L);
    }

    private static int newestStep(CheckpointCatalog catalog) {
        try {
            return catalog.published(FIRST.shard()).stream()
                    .mapToInt(CheckpointRef::step)
                    .max()
                    .orElse(0);
        } catch (IOException e) {
            throw new AssertionError("the store", e);
        }
    }
}
