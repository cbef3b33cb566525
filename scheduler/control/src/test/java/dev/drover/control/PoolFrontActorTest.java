package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.drover.persistence.journal.H2Database;
import dev.drover.persistence.read.JdbcReadModel;
import dev.drover.planning.PoolDecider;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.CapacityPolicy;
import dev.drover.planning.policy.Demand;
import dev.drover.planning.state.Node;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.store.FileObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.JournalOperation;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.apache.pekko.persistence.testkit.ProcessingPolicy;
import org.apache.pekko.persistence.testkit.ProcessingResult;
import org.apache.pekko.persistence.testkit.ProcessingSuccess;
import org.apache.pekko.persistence.testkit.SnapshotOperation;
import org.apache.pekko.persistence.testkit.StorageFailure;
import org.apache.pekko.persistence.testkit.WriteEvents;
import org.apache.pekko.persistence.testkit.WriteSnapshot;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.apache.pekko.persistence.testkit.javadsl.SnapshotTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Gathering, on a journal that is as slow as a test wants. */
@Timeout(30)
class PoolFrontActorTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    private static final Duration NEVER = Duration.ofHours(1);

    private final ActorTestKit testKit = ActorTestKit.create(PersistenceTestKitPlugin.getInstance()
            .config()
            .withFallback(PersistenceTestKitSnapshotPlugin.config())
            .withFallback(ConfigFactory.parseString("""
                drover.read-journal = "pekko.persistence.testkit.query"
                pekko.persistence.testkit.events.serialize = on
                """))
            .withFallback(ConfigFactory.load()));
    private final PersistenceTestKit journal = PersistenceTestKit.create(testKit.system());
    private final SlowJournal writes = new SlowJournal();
    private final SlowSnapshots snapshots = new SlowSnapshots();
    private final SlowPolicy policy = new SlowPolicy();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private JdbcReadModel readModel;

    @SuppressWarnings("NullAway.Init")
    private ActorRef<PoolFrontActor.Message> front;

    @BeforeEach
    void start() throws IOException {
        readModel = JdbcReadModel.open(H2Database.in(directory.resolve("database")));
        var ignored = journal.withPolicy(writes);
        var unused = SnapshotTestKit.create(testKit.system()).withPolicy(snapshots);
        front = testKit.spawn(PoolFrontActor.create(World.POOL, surroundings()));
        ask(new PoolCommand.ConfigurePool(PoolSpec.defaults(World.POOL))).expectMessageClass(PoolReply.Done.class);
        ask(new PoolCommand.PausePool()).expectMessageClass(PoolReply.Done.class);
        writes.sizes.clear();
    }

    @AfterEach
    void stop() {
        writes.gate.countDown();
        snapshots.gate.countDown();
        policy.gate.countDown();
        testKit.shutdownTestKit();
        threads.shutdown();
        readModel.close();
    }

    @Test
    void whatArrivesDuringAWriteBecomesOneWrite() {
        writes.gate = new CountDownLatch(1);
        List<TestProbe<PoolReply>> askers = new CopyOnWriteArrayList<>();
        askers.add(ask(World.submission("job-first")));
        Eventually.isTrue("the first write is under way", () -> writes.sizes.size() == 1);
        for (int number = 0; number < 50; number++) {
            askers.add(ask(World.submission("job-" + number)));
        }
        TestProbe<PoolReply> query = ask(new PoolCommand.ListJobs());
        assertThat(query.expectMessageClass(PoolReply.Jobs.class).jobs())
                .as("a query waits for no write, and shows what is durable")
                .isEmpty();
        askers.getFirst().expectNoMessage(Duration.ofMillis(50));
        writes.gate.countDown();
        askers.forEach(asker -> asker.expectMessageClass(PoolReply.Job.class));
        assertThat(writes.sizes).containsExactly(1, 50);
        assertThat(ask(new PoolCommand.ListJobs())
                        .expectMessageClass(PoolReply.Jobs.class)
                        .jobs())
                .as("whoever was answered sees what was answered")
                .hasSize(51);
    }

    @Test
    void aStopFinishesTheWriteInFlight() {
        writes.gate = new CountDownLatch(1);
        TestProbe<PoolReply> asker = ask(World.submission("job-1"));
        Eventually.isTrue("the write is under way", () -> writes.sizes.size() == 1);
        front.tell(new PoolFrontActor.Stop());
        writes.gate.countDown();
        asker.expectMessageClass(PoolReply.Job.class);
        testKit.createTestProbe().expectTerminated(front, Duration.ofSeconds(10));
        List<Object> kept =
                journal.persistedInStorage(PoolActor.persistenceIdOf(World.POOL).id());
        assertThat(kept.getLast()).isInstanceOf(PoolEvent.JobSubmitted.class);
    }

    @Test
    void aFailedWriteAnswersNobodyAndThePoolComesBack() {
        writes.failNext = true;
        TestProbe<PoolReply> asker = ask(World.submission("job-1"));
        asker.expectNoMessage(Duration.ofMillis(100));
        Eventually.isTrue("the pool takes the repeat", () -> {
            TestProbe<PoolReply> again = ask(World.submission("job-1"));
            return again.receiveMessage(Duration.ofSeconds(5)) instanceof PoolReply.Job;
        });
        assertThat(ask(new PoolCommand.ListJobs())
                        .expectMessageClass(PoolReply.Jobs.class)
                        .jobs())
                .hasSize(1);
    }

    @Test
    void aSnapshotHoldsUpNobody() {
        snapshots.gate = new CountDownLatch(1);
        TestProbe<PoolReply> askers = testKit.createTestProbe();
        for (int batch = 0; batch < Snapshots.EVERY_EVENTS / PoolFrontActor.MAX_BATCH; batch++) {
            for (int number = 0; number < PoolFrontActor.MAX_BATCH; number++) {
                PoolCommand command = number % 2 == 0 ? new PoolCommand.ResumePool() : new PoolCommand.PausePool();
                front.tell(new PoolFrontActor.Ask(command, askers.ref()));
            }
            askers.receiveSeveralMessages(PoolFrontActor.MAX_BATCH, Duration.ofSeconds(10));
        }
        Eventually.isTrue("a snapshot is being written", () -> snapshots.writing);
        ask(new PoolCommand.ResumePool()).expectMessageClass(PoolReply.Done.class);
        assertThat(snapshots.gate.getCount()).isOne();
    }

    @Test
    void aPlanHoldsUpNobody() {
        ask(new PoolCommand.ResumePool()).expectMessageClass(PoolReply.Done.class);
        writes.sizes.clear();
        policy.gate = new CountDownLatch(1);
        PoolCommand.SubmitJob submission = World.submission("job-1");
        TestProbe<PoolReply> plan =
                ask(new PoolCommand.PlanJob(submission.job(), submission.spec(), submission.owner()));
        Eventually.isTrue("the plan is being made", () -> policy.asked);
        ask(new PoolCommand.ListJobs()).expectMessageClass(PoolReply.Jobs.class);
        plan.expectNoMessage(Duration.ofMillis(50));
        policy.gate.countDown();
        plan.expectMessageClass(PoolReply.Plan.class);
        assertThat(writes.sizes).isEmpty();
    }

    private TestProbe<PoolReply> ask(PoolCommand command) {
        TestProbe<PoolReply> probe = testKit.createTestProbe();
        front.tell(new PoolFrontActor.Ask(command, probe.ref()));
        return probe;
    }

    private PoolFrontActor.Surroundings surroundings() throws IOException {
        FileObjectStore store = new FileObjectStore(directory.resolve("store"));
        FakeCloudProvider cloud = new FakeCloudProvider();
        SchedulerConfig config =
                SchedulerConfig.local("me", List::of, "a secret of enough length", Optional.empty(), "file:///store");
        return new PoolFrontActor.Surroundings(
                new PoolDecider(policy),
                () -> NOW,
                NEVER,
                new IntentRouter.Executors(
                        new LaunchExecutor(cloud, node -> {}, config, new Offers(), threads),
                        new CheckpointExecutor(store, threads),
                        new ArchiveExecutor(readModel, new StepBackfill(readModel, store), threads)),
                new Projection.Factory(readModel, new JournalReader(testKit.system()), ref -> {}, threads),
                new Standing());
    }

    /** Waits for the gate, and for ever buys nothing. */
    private static final class SlowPolicy implements CapacityPolicy {
        volatile CountDownLatch gate = new CountDownLatch(0);
        volatile boolean asked;

        @Override
        public Choice choose(PoolSpec pool, Demand demand, Observations seen, Instant now) {
            asked = true;
            await(gate);
            return new Choice.Wait(Reason.of(Reason.Code.NO_OFFERS, "Nothing is for sale."));
        }

        @Override
        public Optional<Choice> reconsider(PoolSpec pool, Node held, Demand demand, Observations seen, Instant now) {
            return Optional.empty();
        }

        @Override
        public List<Market> spotElsewhere(
                PoolSpec pool, Demand demand, Set<Market> shunned, Observations seen, Instant now) {
            return List.of();
        }
    }

    private static void await(CountDownLatch gate) {
        try {
            assertThat(gate.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Holds each snapshot until the gate opens. */
    private static final class SlowSnapshots implements ProcessingPolicy<SnapshotOperation> {
        volatile CountDownLatch gate = new CountDownLatch(0);
        volatile boolean writing;

        @Override
        public ProcessingResult tryProcess(String persistenceId, SnapshotOperation operation) {
            if (operation instanceof WriteSnapshot) {
                writing = true;
                await(gate);
            }
            return ProcessingSuccess.getInstance();
        }
    }

    /** Notes each write's size, and holds it until the gate opens. */
    private static final class SlowJournal implements ProcessingPolicy<JournalOperation> {
        final List<Integer> sizes = new CopyOnWriteArrayList<>();
        volatile CountDownLatch gate = new CountDownLatch(0);
        volatile boolean failNext;

        @Override
        public ProcessingResult tryProcess(String persistenceId, JournalOperation operation) {
            if (operation instanceof WriteEvents write) {
                sizes.add(write.batch().size());
                if (failNext) {
                    failNext = false;
                    return new StorageFailure(new IOException("disk full"));
                }
                await(gate);
            }
            return ProcessingSuccess.getInstance();
        }
    }
}
