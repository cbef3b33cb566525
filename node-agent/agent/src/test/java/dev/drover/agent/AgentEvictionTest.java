package dev.drover.agent;

import static dev.drover.agent.AgentScene.NODE;
import static dev.drover.agent.fake.TestNode.lease;
import static dev.drover.agent.fake.TestNode.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.agent.fake.Await;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.agent.EvictionNotice.Source;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.id.Lease;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class AgentEvictionTest {
    private static final Lease FIRST = lease(1);
    private static final String REBALANCE_PATH = "/latest/meta-data/events/recommendations/rebalance";

    /** Whatever the source: it is reported at once, and what nobody handed off by the margin is saved here. */
    @ParameterizedTest
    @EnumSource
    void everySourceTakesTheSamePath(Source source, @TempDir Path directory) throws Exception {
        try (AgentScene scene = new AgentScene(directory)) {
            Agent agent = scene.start();
            scene.run(FIRST, task(1_000_000, 100_000, 5, ""), null);
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 5);
            Instant end = Instant.now().plusSeconds(3).truncatedTo(ChronoUnit.SECONDS);
            switch (source) {
                case AWS_METADATA ->
                    scene.metadata.set(
                            "/latest/meta-data/spot/instance-action",
                            "{\"action\":\"terminate\",\"time\":\"" + end + "\"}");
                case ALIBABA_METADATA ->
                    scene.metadata.set("/latest/meta-data/instance/spot/termination-time", end.toString());
                case SIGTERM -> agent.terminate();
                case DRILL -> scene.scheduler.order(NODE, new AgentCommand.Drill(Duration.ofSeconds(2)));
            }
            EvictionNotice notice = Await.value(
                    "a notice",
                    () -> scene.scheduler.status(NODE).flatMap(status -> Optional.ofNullable(status.notice())));
            assertThat(notice.source()).isEqualTo(source);
            assertThat(notice.endsAt()).isBetween(end.minusSeconds(2), end.plusSeconds(2));
            ShardStatus stopped = Await.value("the last save", () -> stopped(scene));
            assertThat(stopped.checkpoint())
                    .isNotNull()
                    .satisfies(ref -> assertThat(ref.step()).isEqualTo(stopped.step()));
        }
    }

    private static Optional<ShardStatus> stopped(AgentScene scene) {
        return scene.scheduler.reports().stream()
                .filter(AgentReport.Status.class::isInstance)
                .map(AgentReport.Status.class::cast)
                .flatMap(status -> status.shards().stream())
                .filter(shard -> shard.phase() == Phase.STOPPED)
                .findFirst();
    }

    /** It is told while it is there, and stops nothing. */
    @Test
    void aRebalanceSignalIsOnlyTold(@TempDir Path directory) throws Exception {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            scene.run(FIRST, task(1_000_000, 100_000, 5, ""), null);
            Instant since = Instant.parse("2026-01-01T00:00:00Z");
            scene.metadata.set(REBALANCE_PATH, "{\"noticeTime\":\"" + since + "\"}");
            assertThat(Await.value("the signal", () -> signal(scene))).isEqualTo(since);
            ShardStatus then = scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 5);
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > then.step() + 30);
            scene.metadata.remove(REBALANCE_PATH);
            Await.until("its end", () -> signal(scene).isEmpty());
        }
    }

    private static Optional<Instant> signal(AgentScene scene) {
        return scene.scheduler.status(NODE).flatMap(status -> Optional.ofNullable(status.rebalanceSince()));
    }

    /** No timer waits that long. */
    @Test
    void aNoticeYearsAheadDisturbsNothing(@TempDir Path directory) throws Exception {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            scene.run(FIRST, task(1_000_000, 100_000, 5, ""), null);
            scene.scheduler.order(NODE, new AgentCommand.Drill(Duration.ofDays(3000)));
            Await.value(
                    "a notice",
                    () -> scene.scheduler.status(NODE).flatMap(status -> Optional.ofNullable(status.notice())));
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 30);
        }
    }

    @Test
    void withNoSchedulerItSavesAtTheMargin(@TempDir Path directory) throws Exception {
        try (AgentScene scene = new AgentScene(directory)) {
            scene.start();
            scene.run(FIRST, task(1_000_000, 100_000, 5, ""), null);
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 5);
            scene.scheduler.close();
            scene.metadata.set(
                    "/latest/meta-data/instance/spot/termination-time",
                    Instant.now().plusSeconds(3).truncatedTo(ChronoUnit.SECONDS).toString());
            CheckpointCatalog catalog = new CheckpointCatalog(scene.store);
            Await.until("the last save", () -> {
                try {
                    return !catalog.published(FIRST.shard()).isEmpty();
                } catch (IOException e) {
                    throw new AssertionError("the store", e);
                }
            });
            Await.until("the program's end", () -> scene.newChildren().isEmpty());
        }
    }

    @Test
    void askedToEndItSavesWithinTheGraceAndEnds(@TempDir Path directory) throws Exception {
        try (AgentScene scene = new AgentScene(directory)) {
            Agent agent = scene.start();
            scene.run(FIRST, task(1_000_000, 100_000, 5, ""), null);
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 5);
            agent.terminate();
            agent.ended().get(4, TimeUnit.SECONDS);
            assertThat(new CheckpointCatalog(scene.store).published(FIRST.shard()))
                    .hasSize(1);
            assertThat(scene.newChildren()).isEmpty();
        }
    }

    @Test
    void askedToEndWithNothingToSaveItEndsAtOnce(@TempDir Path directory) throws Exception {
        try (AgentScene scene = new AgentScene(directory)) {
            Agent agent = scene.start();
            Await.until("the first status", () -> scene.scheduler.status(NODE).isPresent());
            long begun = System.nanoTime();
            agent.terminate();
            agent.ended().get(10, TimeUnit.SECONDS);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
        }
    }
}
