package dev.drover.persistence.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.drover.persistence.journal.Database;
import dev.drover.persistence.read.ReadModel.Submission;
import dev.drover.persistence.read.ReadModel.TelemetryRow;
import dev.drover.persistence.trial.DatabaseKind;
import dev.drover.protocol.api.AttemptView;
import dev.drover.protocol.api.CostView;
import dev.drover.protocol.api.JobEvent;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.CheckpointSpec;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.job.ProgramSpec;
import dev.drover.protocol.job.SchedulingSpec;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.shard.StepRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(DatabaseKind.class)
class JdbcReadModelTest {
    private static final Instant AT = Instant.parse("2026-03-01T10:00:00.123456789Z");
    private static final PoolName POOL = new PoolName("herd");
    private static final JobId JOB = new JobId("job-1");
    private static final ShardId SHARD = new ShardId(JOB, 0);
    private static final Lease FIRST = new Lease(SHARD, 1);
    private static final Lease SECOND = new Lease(SHARD, 2);
    private static final Reason REASON = Reason.of(Reason.Code.CHEAPEST_SPOT, "The cheapest.", "price", "0.3");

    @Parameter
    @SuppressWarnings("NullAway.Init")
    private DatabaseKind kind;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Database database;

    @SuppressWarnings("NullAway.Init")
    private ReadModel readModel;

    @BeforeEach
    void open() {
        database = kind.create(directory);
        readModel = JdbcReadModel.open(database);
    }

    @AfterEach
    void close() {
        readModel.close();
    }

    @Test
    void ofRacingClaimsOneIsFreshAndAllSeeIt() throws Exception {
        assertThat(readModel.claimed("key")).isEmpty();
        List<Callable<Submission>> claims = IntStream.range(0, 16)
                .<Callable<Submission>>mapToObj(racer ->
                        () -> readModel.claim(Optional.of("key"), "digest", List.of(new JobId("job-" + racer)), POOL))
                .toList();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Submission> made =
                    threads.invokeAll(claims).stream().map(Future::resultNow).toList();
            assertThat(made).extracting(Submission::fresh).containsOnlyOnce(true);
            assertThat(made)
                    .extracting(Submission::job)
                    .containsOnly(made.getFirst().job());
            assertThat(readModel.claimed("key").map(Submission::job))
                    .contains(made.getFirst().job());
        }
    }

    @Test
    void aBatchIsClaimedWholeOrNotAtAll() {
        List<JobId> first = List.of(new JobId("a-0"), new JobId("a-1"));
        List<JobId> second = List.of(new JobId("b-0"), new JobId("b-1"));
        assertThat(readModel.claim(Optional.of("key"), "digest", first, POOL).fresh())
                .isTrue();
        Submission again = readModel.claim(Optional.of("key"), "other", second, POOL);
        assertThat(again).isEqualTo(new Submission(new JobId("a-0"), POOL, "digest", false));
        assertThat(readModel.poolOf(new JobId("a-1"))).contains(POOL);
        assertThat(readModel.poolOf(new JobId("b-1"))).isEmpty();
    }

    @Test
    void whatWasKeptIsThereAfterReopening() {
        readModel.addPool(POOL);
        readModel.addPool(POOL);
        readModel.claim(Optional.empty(), "", List.of(JOB), POOL);
        readModel.archive(List.of(job(JobState.FAILED, AT)));
        readModel.archive(List.of(job(JobState.SUCCEEDED, AT.plusSeconds(1))));
        readModel.close();
        readModel = JdbcReadModel.open(database);
        assertThat(readModel.pools()).containsExactly(POOL);
        assertThat(readModel.poolOf(JOB)).contains(POOL);
        assertThat(readModel.poolOf(new JobId("nope"))).isEmpty();
        assertThat(readModel.finished(JOB)).contains(job(JobState.SUCCEEDED, AT.plusSeconds(1)));
        assertThat(readModel.finished(Optional.of(POOL), 10)).hasSize(1);
        assertThat(readModel.finished(Optional.of(new PoolName("other")), 10)).isEmpty();
        assertThat(readModel.finished(Optional.empty(), 10)).hasSize(1);
        assertThat(readModel.isHealthy()).isTrue();
    }

    @Test
    void aStepSurvivesUpToWhereTheNextGenerationResumed() {
        readModel.recordAttempts(List.of(new ReadModel.ShardAttempt(SHARD, attempt(1, 0))));
        readModel.recordAttempts(List.of(new ReadModel.ShardAttempt(SHARD, attempt(2, 3))));
        readModel.appendSteps(FIRST, steps(1, 5));
        readModel.appendSteps(SECOND, steps(4, 6));
        assertThat(readModel.telemetry(JOB, Optional.empty(), 0, false, 0))
                .extracting(row -> row.step().step() + "@" + row.generation())
                .containsExactly("1@1", "2@1", "3@1", "4@2", "5@2", "6@2");
        assertThat(readModel.telemetry(JOB, Optional.of(0), 3, true, 0))
                .extracting(row -> row.step().step() + "@" + row.generation() + (row.superseded() ? " cut" : ""))
                .containsExactly("4@1 cut", "4@2", "5@1 cut", "5@2", "6@2");
        assertThat(readModel.telemetry(JOB, Optional.of(1), 0, false, 0)).isEmpty();
    }

    @Test
    void aThirdGenerationThatResumedEarlierCutsBothOthers() {
        readModel.recordAttempts(List.of(new ReadModel.ShardAttempt(SHARD, attempt(1, 0))));
        readModel.recordAttempts(List.of(new ReadModel.ShardAttempt(SHARD, attempt(2, 4))));
        readModel.recordAttempts(List.of(new ReadModel.ShardAttempt(SHARD, attempt(3, 2))));
        readModel.appendSteps(FIRST, steps(1, 5));
        readModel.appendSteps(SECOND, steps(5, 8));
        readModel.appendSteps(new Lease(SHARD, 3), steps(3, 4));
        assertThat(readModel.telemetry(JOB, Optional.empty(), 0, false, 0))
                .extracting(row -> row.step().step() + "@" + row.generation())
                .containsExactly("1@1", "2@1", "3@3", "4@3");
    }

    @Test
    void aStepIsKeptExactlyAndOnce() {
        StepRecord exact = new StepRecord(1, 0.1f, 1.0 / 3, Math.PI, 7, 1e9, 0.25, 2.7182817f, 1_700_000_000_000L);
        readModel.recordAttempts(List.of(new ReadModel.ShardAttempt(SHARD, attempt(1, 0))));
        readModel.appendSteps(FIRST, List.of(exact, exact));
        readModel.appendSteps(FIRST, steps(1, 3));
        List<TelemetryRow> rows = readModel.telemetry(JOB, Optional.empty(), 0, false, 0);
        assertThat(rows).hasSize(3);
        assertThat(rows.getFirst()).isEqualTo(new TelemetryRow(SHARD, 1, exact, "n-1", "west-1", "SPOT", false));
    }

    @Test
    void thinningKeepsTheLastAndSpreadsEvenly() {
        readModel.appendSteps(FIRST, steps(1, 10));
        assertThat(readModel.telemetry(JOB, Optional.empty(), 0, false, 3))
                .extracting(row -> row.step().step())
                .containsExactly(3, 6, 10);
    }

    @Test
    void missingStepsAreTold() {
        readModel.appendSteps(FIRST, steps(2, 3));
        readModel.appendSteps(FIRST, steps(5, 5));
        assertThat(readModel.missingSteps(FIRST, 0, 7))
                .containsExactly(new StepRange(1, 1), new StepRange(4, 4), new StepRange(6, 7));
        assertThat(readModel.missingSteps(FIRST, 1, 3)).isEmpty();
        assertThat(readModel.missingSteps(SECOND, 0, 1)).containsExactly(new StepRange(1, 1));
        assertThat(readModel.missingSteps(SECOND, 1, 1)).isEmpty();
        assertThat(readModel.missingSteps(FIRST, 3, Integer.MAX_VALUE))
                .as("a claim takes no room")
                .containsExactly(new StepRange(4, 4), new StepRange(6, Integer.MAX_VALUE));
        readModel.appendSteps(SECOND, steps(Integer.MAX_VALUE, Integer.MAX_VALUE));
        assertThat(readModel.missingSteps(SECOND, 7, Integer.MAX_VALUE))
                .containsExactly(new StepRange(8, Integer.MAX_VALUE - 1));
    }

    @Test
    void eventsAreAddedOnceAndReadInPages() {
        readModel.appendEvents(List.of(event(3, "three"), event(1, "one")));
        readModel.appendEvents(List.of(event(1, "again"), event(2, "two")));
        assertThat(readModel.events(JOB, 0, 2)).extracting(JobEvent::text).containsExactly("one", "two");
        assertThat(readModel.events(JOB, 2, 9)).containsExactly(event(3, "three"));
    }

    private static List<StepRecord> steps(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(step -> new StepRecord(step, 1f / step, 0.1, 1, step, 10, 0, null, 0))
                .toList();
    }

    private static AttemptView attempt(int generation, int resumedFrom) {
        return new AttemptView(
                generation,
                new NodeId("n-" + generation),
                new Market("local", "west", "west-" + generation, "local.small", CapacityType.SPOT),
                AT,
                resumedFrom,
                Math.max(0, generation - 1),
                REASON,
                Optional.empty(),
                Optional.empty());
    }

    private static JobEvent event(long sequence, String text) {
        return new JobEvent(JOB, sequence, AT, OptionalInt.of(0), "granted", text, Optional.of(REASON));
    }

    private static JobView job(JobState state, Instant finishedAt) {
        JobSpec spec = new JobSpec(
                "train",
                POOL,
                1,
                new Resources("cpu", 1, ByteSize.ofMiB(512)),
                new ProgramSpec.Command(List.of("/bin/program"), JsonNodeFactory.instance.objectNode()),
                new CheckpointSpec(10, 2),
                3,
                SchedulingSpec.DEFAULT);
        return new JobView(
                JOB,
                POOL,
                "ada",
                spec,
                state,
                Optional.of(REASON),
                List.of(),
                AT,
                Optional.of(finishedAt),
                new CostView(Money.usd("1"), Money.usd("2"), 0, List.of(), List.of()));
    }
}
