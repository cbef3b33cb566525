package dev.drover.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.persistence.journal.H2Database;
import dev.drover.persistence.read.JdbcReadModel;
import dev.drover.persistence.read.ReadModel;
import dev.drover.protocol.api.AttemptView;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.StepRecord;
import dev.drover.protocol.store.FileObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
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
    private static final Lease NEXT = new Lease(LEASE.shard(), 2);
    private static final NodeId NODE = new NodeId("n-1");
    private static final NodeId SUCCESSOR = new NodeId("n-2");
    private static final NodeId STRANGER = new NodeId("n-3");
    private static final Reason BECAUSE = Reason.of(Reason.Code.FIRST_PLACEMENT, "The first placement.");

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
        grant(1, NODE, 0);
        ActorRef<TelemetryActor.Message> telemetry = telemetry();
        telemetry.tell(new TelemetryActor.Steps(NODE, LEASE, List.of(step(3), step(12), step(21))));
        telemetry.tell(
                new TelemetryActor.CheckpointKnown(Optional.of(NODE), new CheckpointRef(LEASE, 20, "ab".repeat(32))));
        Eventually.isTrue("there is no hole", () -> steps().equals(range(1, 21)));
    }

    @Test
    void aFloodIsThinnedAndStillEndsComplete() throws IOException {
        int flood = 4 * TelemetryActor.MAX_BUFFERED;
        put(flood, 1, flood);
        grant(1, NODE, 0);
        ActorRef<TelemetryActor.Message> telemetry = telemetry();
        for (int from = 1; from <= flood; from += 1024) {
            telemetry.tell(new TelemetryActor.Steps(
                    NODE,
                    LEASE,
                    IntStream.range(from, from + 1024)
                            .mapToObj(TelemetryTest::step)
                            .toList()));
        }
        telemetry.tell(new TelemetryActor.CheckpointKnown(
                Optional.of(NODE), new CheckpointRef(LEASE, flood, "ab".repeat(32))));
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

    @Test
    void whatAStrangerSendsIsDroppedAndSaidOnce() {
        grant(1, NODE, 0);
        ActorRef<TelemetryActor.Message> telemetry = telemetry();
        LoggingTestKit.warn("node n-3 does not hold it").withOccurrences(1).expect(testKit.system(), () -> {
            telemetry.tell(new TelemetryActor.Steps(STRANGER, LEASE, List.of(step(1))));
            telemetry.tell(new TelemetryActor.Steps(STRANGER, LEASE, List.of(step(2), step(3))));
            telemetry.tell(new TelemetryActor.Steps(NODE, LEASE, List.of(step(4))));
            Eventually.isTrue("the holder's are kept", () -> steps().contains(4));
            return null;
        });
        assertThat(steps()).containsExactly(4);
    }

    @Test
    void aFormerHolderIsHeardUpToWhereItsSuccessorContinued() {
        grant(1, NODE, 0);
        grant(2, SUCCESSOR, 5);
        ActorRef<TelemetryActor.Message> telemetry = telemetry();
        telemetry.tell(new TelemetryActor.Steps(NODE, LEASE, List.of(step(4), step(5), step(6), step(7))));
        telemetry.tell(new TelemetryActor.Steps(NODE, NEXT, List.of(step(8))));
        telemetry.tell(new TelemetryActor.Steps(SUCCESSOR, NEXT, List.of(step(6))));
        Eventually.isTrue("the successor's is kept", () -> steps().contains(6));
        assertThat(readModel.telemetry(JOB, Optional.empty(), 0, true, 0))
                .extracting(row -> row.step().step() + "@" + row.generation())
                .containsExactly("4@1", "5@1", "6@2");
    }

    @Test
    void stepsThatOvertakeTheirGrantWaitForIt() {
        ActorRef<TelemetryActor.Message> telemetry = telemetry();
        telemetry.tell(new TelemetryActor.Steps(NODE, LEASE, List.of(step(1))));
        telemetry.tell(new TelemetryActor.Steps(STRANGER, LEASE, List.of(step(2))));
        testKit.createTestProbe().expectNoMessage(Duration.ofMillis(400));
        telemetry.tell(new TelemetryActor.Steps(NODE, LEASE, List.of(step(3))));
        grant(1, NODE, 0);
        Eventually.isTrue("they are kept", () -> steps().size() >= 2);
        assertThat(steps()).containsExactly(1, 3);
    }

    @Test
    void aClaimBeyondAllReasonTakesNoRoomAndHidesNoLaterOne() throws IOException {
        put(10, 1, 10);
        grant(1, NODE, 0);
        StepExecutor executor = new StepExecutor(JOB, readModel, backfill);
        assertThat(executor.fill(Map.of(), claim(Optional.of(NODE), Integer.MAX_VALUE)))
                .containsEntry(LEASE, 10);
        assertThat(steps()).isEqualTo(range(1, 10));
    }

    @Test
    void whatAStrangerSendsOfAnUnknownLeaseTakesNoRoomFromTheHolder() {
        grant(1, NODE, 0);
        ActorRef<TelemetryActor.Message> telemetry = telemetry();
        telemetry.tell(new TelemetryActor.Steps(
                STRANGER,
                NEXT,
                IntStream.range(0, TelemetryActor.MAX_BUFFERED)
                        .mapToObj(TelemetryTest::step)
                        .toList()));
        telemetry.tell(new TelemetryActor.Steps(NODE, LEASE, List.of(step(1))));
        Eventually.isTrue("the stranger's were looked at", () -> steps().contains(1));
        for (int even = 2; even <= 200; even += 2) {
            telemetry.tell(new TelemetryActor.Steps(NODE, LEASE, List.of(step(even))));
        }
        telemetry.tell(new TelemetryActor.Steps(NODE, LEASE, List.of(step(201))));
        Eventually.isTrue("the holder's are kept", () -> steps().contains(201));
        assertThat(steps()).as("none is thinned").hasSize(102);
    }

    @Test
    void aCheckpointThatAStrangerClaimsFillsNothing() throws IOException {
        put(10, 1, 10);
        put(20, 11, 20);
        grant(1, NODE, 0);
        StepExecutor executor = new StepExecutor(JOB, readModel, backfill);
        assertThat(executor.fill(Map.of(), claim(Optional.of(STRANGER), 20))).isEmpty();
        assertThat(steps()).isEmpty();
        assertThat(executor.fill(Map.of(), claim(Optional.of(NODE), 10))).containsEntry(LEASE, 10);
        assertThat(steps()).isEqualTo(range(1, 10));
        assertThat(executor.fill(Map.of(LEASE, 10), claim(Optional.empty(), 20)))
                .as("the pool's own word")
                .containsEntry(LEASE, 20);
        assertThat(steps()).isEqualTo(range(1, 20));
    }

    private static Map<StepExecutor.Claim, Integer> claim(Optional<NodeId> saidBy, int step) {
        return Map.of(new StepExecutor.Claim(saidBy, LEASE), step);
    }

    /** As the pool's projection tells it. */
    private void grant(int generation, NodeId node, int resumedFrom) {
        readModel.recordAttempts(List.of(new ReadModel.ShardAttempt(
                LEASE.shard(),
                new AttemptView(
                        generation,
                        node,
                        FakeCloudProvider.SPOT,
                        FakeCloudProvider.LAUNCHED_AT,
                        resumedFrom,
                        0,
                        BECAUSE,
                        Optional.empty(),
                        Optional.empty()))));
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
