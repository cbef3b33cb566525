package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.drover.persistence.journal.H2Database;
import dev.drover.persistence.read.JdbcReadModel;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.api.JobEvent;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A read model that is away for long: what is told once it is back. */
@Timeout(60)
class ProjectionTest {
    private static final Instant AT = Instant.parse("2026-03-01T10:00:00Z");
    private static final JobId JOB = new JobId("job-1");
    private static final ShardId SHARD = new ShardId(JOB, 0);
    private static final String ID = PoolActor.persistenceIdOf(World.POOL).id();
    private static final int BATCH = 100;
    private static final int TOO_MUCH = Projection.MAX_UNTOLD + 5 * BATCH;

    private final ActorTestKit testKit = ActorTestKit.create(PersistenceTestKitPlugin.getInstance()
            .config()
            .withFallback(PersistenceTestKitSnapshotPlugin.config())
            .withFallback(ConfigFactory.parseString(HeldReadJournal.CONFIG))
            .withFallback(ConfigFactory.parseMap(Map.of("drover.read-journal", HeldReadJournal.ID)))
            .withFallback(ConfigFactory.load()));
    private final PersistenceTestKit journal = PersistenceTestKit.create(testKit.system());
    private final HeldReadJournal.Java reads =
            PersistenceQuery.get(testKit.system()).getReadJournalFor(HeldReadJournal.Java.class, HeldReadJournal.ID);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private PoolState state = PoolState.EMPTY;
    private long sequence;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private JdbcReadModel readModel;

    @SuppressWarnings("NullAway.Init")
    private FlakyReadModel flaky;

    @SuppressWarnings("NullAway.Init")
    private ActorRef<Projection.Message> projection;

    @BeforeEach
    void start() {
        readModel = JdbcReadModel.open(H2Database.in(directory.resolve("database")));
        flaky = new FlakyReadModel(readModel);
        projection = testKit.spawn(
                new Projection.Factory(flaky.model(), new JournalReader(testKit.system()), ref -> {}, threads)
                        .of(World.POOL));
        projection.tell(new Projection.Recovered(state));
        happens(List.of(World.submitted(JOB, AT)));
        Eventually.isTrue("the submission is told", () -> told().size() == 1);
    }

    @AfterEach
    void stop() {
        testKit.shutdownTestKit();
        threads.shutdown();
        readModel.close();
    }

    @Test
    void whatTheJournalStillHoldsIsToldInFull() {
        flaky.down = true;
        happensManyTimes(TOO_MUCH);
        flaky.down = false;
        Eventually.isTrue("all is told", () -> told().size() == 1 + TOO_MUCH);
        assertThat(told())
                .extracting(JobEvent::sequence)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, sequence).boxed().toList());
        assertThat(told()).noneMatch(event -> event.kind().equals("thinned"));
    }

    @Test
    void whatTheJournalHasDeletedMeanwhileIsAHoleThatIsTold() {
        flaky.down = true;
        happensManyTimes(TOO_MUCH);
        journal.clearByIdPreservingSeqNumbers(ID);
        long lost = sequence;
        happensManyTimes(BATCH);
        flaky.down = false;
        assertOneHoleAt(lost);
    }

    @Test
    void whatIsLetGoWhileTheJournalIsReadIsAHoleToo() {
        flaky.down = true;
        happensManyTimes(TOO_MUCH);
        reads.hold();
        flaky.down = false;
        Eventually.isTrue("the journal is being read", reads::isAsked);
        happensManyTimes(TOO_MUCH);
        journal.clearByIdPreservingSeqNumbers(ID);
        long lost = sequence;
        happensManyTimes(BATCH);
        reads.release();
        assertOneHoleAt(lost);
        assertThat(told())
                .as("before the hole, too, is what was read")
                .filteredOn(event -> event.sequence() <= 1 + TOO_MUCH)
                .hasSize(1 + TOO_MUCH);
    }

    private void assertOneHoleAt(long lost) {
        Eventually.isTrue("the rest is told", () -> told().getLast().sequence() == sequence);
        List<JobEvent> holes =
                told().stream().filter(event -> event.kind().equals("thinned")).toList();
        assertThat(holes)
                .singleElement()
                .satisfies(hole -> assertThat(hole.sequence()).isEqualTo(lost));
        assertThat(told())
                .as("after the hole nothing is missing")
                .filteredOn(event -> event.sequence() > lost)
                .hasSize(BATCH);
    }

    private void happensManyTimes(int times) {
        for (int batch = 0; batch < times / BATCH; batch++) {
            happens(IntStream.range(0, BATCH)
                    .<PoolEvent>mapToObj(number -> new PoolEvent.ShardTargeted(
                            SHARD, new NodeId("n-" + number), Reason.of(Reason.Code.WARM_SPARE, "It has room."), AT))
                    .toList());
        }
    }

    private void happens(List<PoolEvent> events) {
        journal.persistForRecovery(ID, List.copyOf(events));
        state = state.applyAll(events);
        sequence += events.size();
        projection.tell(new Projection.Persisted(events, sequence, state));
    }

    private List<JobEvent> told() {
        return readModel.events(JOB, 0, 10_000);
    }
}
