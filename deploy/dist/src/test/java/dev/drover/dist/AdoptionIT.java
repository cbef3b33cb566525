package dev.drover.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dist.demo.TelemetryPoint;
import dev.drover.dist.trial.Deadline;
import dev.drover.dist.trial.NodeProcesses;
import dev.drover.dist.trial.SmallJob;
import dev.drover.dist.trial.Trial;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A controller that is away: training goes on and is adopted as it is, but never beyond what its lease allows. */
final class AdoptionIT {
    private static final int STEPS = 100_000;
    private static final LeaseSpec SHORT =
            new LeaseSpec(Duration.ofSeconds(3), Duration.ofMillis(500), Duration.ofMinutes(30), Duration.ofSeconds(2));

    @Test
    void anOutageOfTheControllerMovesNothing(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory)
            throws Exception {
        try (Trial trial = Trial.in(directory)) {
            PoolSpec pool = trial.pool("adopted", 2, 4, SHORT);
            JobId job = trial.api().submit(new SmallJob(trial.text(), STEPS, 20).in(pool.name()), "adopted");
            ShardView before = shard(trial.await(
                    job, view -> Trial.isRunning(view, 1) && shard(view).step() >= 50));
            NodeProcesses node = NodeProcesses.of(
                    trial, trial.node(pool.name(), before.node().orElseThrow()));

            trial.world().killController();
            Instant killed = Instant.now();
            Duration away = SHORT.length().multipliedBy(2);
            trial.awaitPast(killed.plus(away));
            trial.world().restartController();
            Instant back = Instant.now();

            ShardView adopted = shard(trial.await(
                    job, view -> Trial.isRunning(view, 1) && shard(view).step() > before.step()));
            assertThat(adopted.node()).isEqualTo(before.node());
            assertThat(node.livingTrainers())
                    .as("the trainer is the one that ran before")
                    .isNotEmpty();
            awaitSteps(trial, job, adopted.step());
            assertThat(shard(trial.api().job(job)).attempts())
                    .singleElement()
                    .satisfies(attempt -> assertThat(attempt.endedAt()).isEmpty());
            List<TelemetryPoint> meanwhile = trial.api().telemetry(job).stream()
                    .filter(point ->
                            point.epochMillis() > killed.toEpochMilli() && point.epochMillis() < back.toEpochMilli())
                    .toList();
            assertThat(meanwhile).as("steps made while no controller ran").isNotEmpty();
            trial.api().cancel(job);
            assertThat(trial.end()).isEmpty();
        }
    }

    @Test
    void whatNoSchedulerEverAnswersEndsByItselfAndLosesNoStep(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory)
            throws Exception {
        LeaseSpec brief = new LeaseSpec(
                Duration.ofSeconds(3), Duration.ofMillis(500), Duration.ofSeconds(6), Duration.ofSeconds(2));
        try (Trial trial = Trial.in(directory)) {
            PoolSpec pool = trial.pool("unattended", 1, 4, brief);
            JobId job = trial.api().submit(new SmallJob(trial.text(), STEPS, 20).in(pool.name()), "unattended");
            ShardView before = shard(trial.await(
                    job, view -> Trial.isRunning(view, 1) && shard(view).step() >= 50));
            NodeProcesses node = NodeProcesses.of(
                    trial, trial.node(pool.name(), before.node().orElseThrow()));

            trial.world().killController();
            Deadline unattended = Deadline.in(Duration.ofSeconds(60));
            while (node.agent().isAlive() || !node.livingTrainers().isEmpty()) {
                unattended.pause(() -> "node " + before.node() + " runs on beyond " + brief.runUntil());
            }
            trial.world().restartController();

            ShardView resumed = shard(trial.await(job, view -> Trial.isRunning(view, 2)));
            int saved = resumed.attempts().getLast().resumedFromStep();
            assertThat(saved).as("the step that generation 2 continues").isGreaterThan(before.step());
            awaitSteps(trial, job, saved);
            assertThat(trial.api().telemetry(job).stream().filter(TelemetryPoint::superseded))
                    .as("steps that were lost")
                    .isEmpty();
            trial.api().cancel(job);
            assertThat(trial.end()).isEmpty();
        }
    }

    /** What was made while no scheduler listened comes later, from the checkpoints. */
    private static void awaitSteps(Trial trial, JobId job, int upTo) throws Exception {
        Set<Integer> all = IntStream.rangeClosed(1, upTo).boxed().collect(Collectors.toSet());
        Deadline complete = Deadline.in(Duration.ofSeconds(60));
        while (!trial.api().telemetry(job).stream()
                .map(TelemetryPoint::step)
                .collect(Collectors.toSet())
                .containsAll(all)) {
            complete.pause(() -> "telemetry has holes before step " + upTo);
        }
    }

    private static ShardView shard(JobView view) {
        return view.shards().getFirst();
    }
}
