package dev.drover.planning;

import dev.drover.planning.input.Observations;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.ProgramSpec;
import dev.drover.protocol.shard.TrainSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * How much work a shard of a job is, before it runs: what its owner expects; else, of the built-in program, what the steps of the
 * last job that is alike took in this pool.
 *
 * @param source how it is known, as a sentence
 */
record PlannedWork(Duration perShard, String source) {
    static Optional<PlannedWork> of(PoolState state, Observations seen, JobSpec spec, Instant now) {
        Optional<PlannedWork> expected = spec.scheduling()
                .computeTime()
                .map(time -> new PlannedWork(
                        time,
                        "Each shard trains for %s, as its computeTime says.".formatted(PlanSentences.text(time))));
        return expected.or(() -> train(spec).flatMap(train -> measured(state, seen, spec, train, now)));
    }

    private static Optional<PlannedWork> measured(
            PoolState state, Observations seen, JobSpec spec, TrainSpec train, Instant now) {
        return state.jobs().values().stream()
                .filter(job -> job.spec().resources().equals(spec.resources())
                        && train(job.spec())
                                .filter(other -> isAlike(train, other))
                                .isPresent())
                .sorted(Comparator.comparing(Job::submittedAt).reversed().thenComparing(Job::id))
                .flatMap(job -> step(state, seen, job, now).stream()
                        .map(step -> new PlannedWork(
                                step.multipliedBy(train.steps()),
                                "Each shard trains for %s: %d steps of %d ms, as those of job %s take."
                                        .formatted(
                                                PlanSentences.text(step.multipliedBy(train.steps())),
                                                train.steps(),
                                                step.toMillis(),
                                                job.id()))))
                .findFirst();
    }

    /** Of the first of its shards that has made enough steps. */
    private static Optional<Duration> step(PoolState state, Observations seen, Job job, Instant now) {
        return job.shards().stream()
                .flatMap(shard -> Pacing.stepTime(state.spec().orElseThrow(), seen, job, shard, now).stream())
                .findFirst();
    }

    private static Optional<TrainSpec> train(JobSpec spec) {
        return spec.program() instanceof ProgramSpec.Trainer(TrainSpec train) ? Optional.of(train) : Optional.empty();
    }

    /** Whether a step of both computes as much. */
    private static boolean isAlike(TrainSpec one, TrainSpec other) {
        return one.model().equals(other.model())
                && one.data().context() == other.data().context()
                && one.microBatch() == other.microBatch()
                && one.accumulation() == other.accumulation()
                && one.threads() == other.threads();
    }
}
