package dev.drover.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.persistence.journal.H2Database;
import dev.drover.persistence.read.JdbcReadModel;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.StepRecord;
import dev.drover.protocol.store.FileObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TelemetryTest {
    private static final JobId JOB = new JobId("job-1");
    private static final Lease LEASE = new Lease(new ShardId(JOB, 0), 1);

    private final ActorTestKit testKit = ActorTestKit.create();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private JdbcReadModel readModel;

    @SuppressWarnings("NullAway.Init")
    private FileObjectStore store;

    @SuppressWarnings("NullAway.Init")
    private StepBackfill backfill;

    @BeforeEach
    void open() throws IOException {
        readModel = JdbcReadModel.open(H2Database.in(directory.resolve("database")));
        store = new FileObjectStore(directory.resolve("store"));
        backfill = new StepBackfill(readModel, store);
    }

    @AfterEach
    void close() {
        testKit.shutdownTestKit();
        threads.shutdown();
        readModel.close();
    }

    @Test
    void whatLiveTelemetryLostComesFromTheCheckpoint() throws IOException {
        put(10, 1, 10);
        put(20, 11, 20);
        ActorRef<TelemetryActor.Message> telemetry = telemetry();
        telemetry.tell(new TelemetryActor.Steps(LEASE, List.of(step(3), step(12), step(21))));
        telemetry.tell(new TelemetryActor.CheckpointKnown(new CheckpointRef(LEASE, 20, "ab".repeat(32))));
        Eventually.isTrue("there is no hole", () -> steps().equals(range(1, 21)));
    }

    @Test
    void aFloodIsThinnedAndStillEndsComplete() throws IOException {
        int flood = 4 * TelemetryActor.MAX_BUFFERED;
        put(flood, 1, flood);
        ActorRef<TelemetryActor.Message> telemetry = telemetry();
        for (int from = 1; from <= flood; from += 1024) {
            telemetry.tell(new TelemetryActor.Steps(
                    LEASE,
                    IntStream.range(from, from + 1024)
                            .mapToObj(TelemetryTest::step)
                            .toList()));
        }
        telemetry.tell(new TelemetryActor.CheckpointKnown(new CheckpointRef(LEASE, flood, "ab".repeat(32))));
        Eventually.isTrue(
                "there is no hole",
                () -> readModel.missingSteps(LEASE, 0, flood).isEmpty());
    }

    @Test
    void aRepeatedFillAddsNothingAndAMissingFileIsNotAFailure() throws IOException {
        put(10, 6, 10);
        backfill.fill(LEASE, 0, 10);
        backfill.fill(LEASE, 0, 10);
        backfill.fillAll(LEASE, 0);
        assertThat(steps()).isEqualTo(range(6, 10));
        backfill.fillAll(new Lease(LEASE.shard(), 2), 10);
    }

    private ActorRef<TelemetryActor.Message> telemetry() {
        return testKit.spawn(TelemetryActor.create(
                JOB, new TelemetryActor.Around(readModel, backfill, Duration.ofMillis(50), threads)));
    }

    private List<Integer> steps() {
        return readModel.telemetry(JOB, Optional.empty(), 0, false, 0).stream()
                .map(row -> row.step().step())
                .toList();
    }

    private void put(int checkpoint, int from, int to) throws IOException {
        String lines = IntStream.rangeClosed(from, to)
                .mapToObj(step -> ShardWire.line(step(step)))
                .collect(Collectors.joining());
        assertThat(store.putIfAbsent(
                        CheckpointLayout.checkpoint(LEASE, checkpoint) + CheckpointLayout.STEPS, lines.getBytes(UTF_8)))
                .isTrue();
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    private static StepRecord step(int step) {
        return new StepRecord(step, 1f / step, 0.1, 1, step, 10, 0, null, 0);
    }
}
