package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.persistence.journal.H2Database;
import dev.drover.persistence.read.JdbcReadModel;
import dev.drover.planning.PoolDecider;
import dev.drover.planning.input.Effort;
import dev.drover.planning.input.Input;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.api.CostView;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.store.FileObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told and what is logged of something outside that fails for a while. */
class FailureTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    private static final JobId JOB = new JobId("job-1");
    private static final Effort LAUNCH = new Effort.Instance(new NodeId("n-1"));

    @Test
    void aFailureIsLoggedOnceForEachChange() {
        assertThat(logged(
                        new Input.Failed(LAUNCH, "503"),
                        new Input.Failed(LAUNCH, "503"),
                        new Input.Tick(),
                        new Input.Failed(LAUNCH, "503"),
                        new Input.Failed(LAUNCH, "wrong password"),
                        new Input.Failed(LAUNCH, "wrong password"),
                        new Input.InstanceEnded(new NodeId("n-1"), "gone"),
                        new Input.Tick()))
                .containsExactly(
                        "WARN the provider's call for node n-1 fails, and is tried again on and on: 503",
                        "WARN the provider's call for node n-1 fails, and is tried again on and on: wrong password",
                        "INFO the provider's call for node n-1 fails no longer");
    }

    @Test
    void anArchivingThatFailsIsTold(@TempDir Path directory) throws IOException {
        try (JdbcReadModel real = JdbcReadModel.open(H2Database.in(directory.resolve("database")))) {
            FlakyReadModel flaky = new FlakyReadModel(real);
            StepBackfill backfill = new StepBackfill(flaky.model(), new FileObjectStore(directory.resolve("store")));
            ArchiveExecutor executor = new ArchiveExecutor(flaky.model(), backfill, Runnable::run);
            List<Input> results = new ArrayList<>();
            flaky.down = true;
            executor.archive(finished(), results::add);
            assertThat(results).singleElement().isInstanceOfSatisfying(Input.Failed.class, failed -> {
                assertThat(failed.effort()).isEqualTo(new Effort.Archiving(JOB));
                assertThat(failed.cause()).contains("recordAttempts");
            });
            flaky.down = false;
            executor.archive(finished(), results::add);
            assertThat(results.get(1)).isEqualTo(new Input.Archived(JOB));
        }
    }

    private static List<String> logged(Input... inputs) {
        try (LogLines lines = new LogLines(Turn.class)) {
            var unused = Turn.take(
                    new PoolDecider(),
                    PoolState.EMPTY,
                    Observations.startingAt(NOW),
                    Stream.of(inputs).map(Request::of).toList(),
                    NOW);
            return lines.all();
        }
    }

    private static JobView finished() {
        return new JobView(
                JOB,
                World.POOL,
                "ada",
                World.submission(JOB.value()).spec(),
                JobState.SUCCEEDED,
                Optional.empty(),
                List.of(),
                NOW,
                Optional.of(NOW),
                new CostView(Money.usd("1"), Money.usd("2"), 0, List.of(), List.of()));
    }
}
