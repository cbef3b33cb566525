package dev.drover.planning;

import static dev.drover.planning.Specs.cpus;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.pool;
import static dev.drover.planning.Specs.scheduled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.JobFinished;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.pool.CapacityMode;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs that go after others. */
class AfterTest {
    private static final JobId A = new JobId("a");
    private static final JobId B = new JobId("b");
    private static final JobId C = new JobId("c");

    private final FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 3), 1);

    @BeforeEach
    void shortJobs() {
        world.steps(10);
    }

    private static JobSpec after(JobId... awaited) {
        return job(1, cpus(1), 0, scheduled(0, false, awaited));
    }

    private PoolReply submit(JobId id, JobSpec spec) {
        return world.ask(new PoolCommand.SubmitJob(id, spec, "ann"));
    }

    private void running(JobId job) {
        world.until(30, () -> world.pool.shard(new ShardId(job, 0)).node().isPresent());
    }

    private void gone(JobId job) {
        world.until(100, () -> world.state().job(job).isEmpty());
    }

    private String ends() {
        return world.pool.events(JobFinished.class).stream()
                .map(end -> end.job() + " " + end.state())
                .collect(Collectors.joining(", "));
    }

    @Test
    void aJobStartsOnceAllBeforeItHaveSucceeded() {
        submit(A, after());
        world.seconds(5);
        submit(B, after());
        submit(C, after(A, B));
        assertThat(world.show(C).why().orElseThrow().code()).isEqualTo(Code.AFTER);
        assertThat(world.show(C).why().orElseThrow().text()).isEqualTo("It goes after a, b, not succeeded so far.");
        gone(A);
        assertThat(world.show(C).why().orElseThrow().text()).isEqualTo("It goes after b, not succeeded so far.");
        world.until(60, () -> world.state().job(B).filter(job -> job.isLive()).isEmpty());
        Instant then = world.pool.now();
        gone(C);
        assertThat(world.pool.timeline(then)).isEqualTo("""
            0s ShardSucceeded b/0@1 step 10
            0s JobFinished b SUCCEEDED COMPLETED
            0s ShardTargeted c/0 to p-n1 FIRST_PLACEMENT
            0s ShardGranted c/0@1 on p-n1 after step 0 FIRST_PLACEMENT
            1s JobArchived b
            2s ShardStarted c/0@1
            11s ShardSucceeded c/0@1 step 10
            11s JobFinished c SUCCEEDED COMPLETED
            12s JobArchived c
            """);
    }

    @Test
    void whatGoesAfterAJobThatFailsIsCancelledWithIt() {
        submit(A, after());
        submit(B, after(A));
        submit(C, after(B));
        world.failNext(new ShardId(A, 0), 1);
        running(A);
        Instant then = world.pool.now().plusSeconds(1);
        gone(C);
        assertThat(world.pool.timeline(then)).isEqualTo("""
            1s ShardStarted a/0@1
            6s ShardFailed a/0@1 for good
            6s JobFinished a FAILED PROGRAM_FAILED
            6s JobCancelled b
            6s JobFinished b CANCELLED CANCELLED
            6s JobCancelled c
            6s JobFinished c CANCELLED CANCELLED
            7s JobArchived a
            7s JobArchived b
            7s JobArchived c
            """);
        assertThat(world.pool.events(JobFinished.class).get(1).reason().text())
                .isEqualTo("Cancelled: it goes after job a, which has FAILED.");
    }

    @Test
    void whatGoesAfterAJobThatIsCancelledIsCancelledAlsoWhilePaused() {
        submit(A, after());
        submit(B, after(A));
        world.ask(new PoolCommand.PausePool());
        world.ask(new PoolCommand.CancelJob(A, "no need"));
        assertThat(ends()).isEqualTo("a CANCELLED, b CANCELLED");
    }

    @Test
    void aRecoveredPoolStillWaits() {
        submit(A, after());
        submit(B, after(A));
        world.seconds(5);
        world.restartController();
        assertThat(world.show(B).why().orElseThrow().code()).isEqualTo(Code.AFTER);
        gone(B);
        assertThat(ends()).isEqualTo("a SUCCEEDED, b SUCCEEDED");
    }

    @Test
    void onlyAJobThatSucceedsOrHasLatelySucceededCanBeWaitedFor() {
        String allowed = "jobs of this pool that are live, or have succeeded within the last hour";
        assertThat(submit(A, after(A))).isEqualTo(new PoolReply.Rejected("after", "a", allowed));
        assertThat(world.state().jobs()).isEmpty();
        submit(A, after());
        gone(A);
        submit(B, after(A));
        running(B);
        world.ask(new PoolCommand.CancelJob(B, "no need"));
        assertThat(submit(C, after(A, B))).isEqualTo(new PoolReply.Rejected("after", "b (CANCELLED)", allowed));
        gone(B);
        assertThat(submit(C, after(A, B))).isEqualTo(new PoolReply.Rejected("after", "b (CANCELLED)", allowed));
        world.pool.pass(Duration.ofMinutes(61));
        world.second();
        assertThat(submit(C, after(A))).isEqualTo(new PoolReply.Rejected("after", "a", allowed));
    }

    @Test
    void aRepeatedSubmissionIsNoNewQuestion() {
        submit(A, after());
        submit(B, after(A));
        gone(A);
        world.pool.pass(Duration.ofMinutes(61));
        assertThat(submit(B, after(A))).isInstanceOf(PoolReply.Job.class);
        gone(B);
        assertThat(ends()).contains("b " + JobState.SUCCEEDED);
    }
}
