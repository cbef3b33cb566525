package dev.drover.planning;

import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.Pace;
import dev.drover.planning.state.Attempt;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.job.ProgramSpec;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.shard.TrainSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How far a shard is on the way to its job's deadline. Each shard is looked at by itself.
 *
 * <p>Known is what steps took so far, once there were as many as a checkpoint interval has; before that what the owner expects. Of
 * what was made, one interval is taken to be still unsaved.
 */
final class Pacing {
    private static final Set<Code> TAKEN = Set.of(Code.EVICTION_NOTICE, Code.NODE_TERMINATED, Code.NODE_SILENT);

    private final Job job;
    private final Shard shard;
    private final Optional<ShardStatus> status;
    private final Duration changeover;
    private final Instant now;

    private Pacing(Job job, Shard shard, Optional<ShardStatus> status, Duration changeover, Instant now) {
        this.job = job;
        this.shard = shard;
        this.status = status;
        this.changeover = changeover;
        this.now = now;
    }

    static boolean hasDeadline(PoolState state, Shard shard) {
        return state.job(shard.id().job())
                .flatMap(job -> job.spec().scheduling().deadline())
                .isPresent();
    }

    /** Absent without a deadline, after it, and where nobody knows how much work there is. */
    static Optional<Pace> of(PoolSpec pool, Observations seen, Job job, Shard shard, Instant now) {
        Optional<Instant> deadline = job.spec()
                .scheduling()
                .deadline()
                .map(due -> due.at(job.submittedAt()))
                .filter(now::isBefore);
        if (deadline.isEmpty()) {
            return Optional.empty();
        }
        Duration changeover = seen.history().changeover(pool);
        Pacing pacing = new Pacing(job, shard, status(seen, shard), changeover, now);
        return pacing.work()
                .map(work -> new Pace(
                        Duration.between(job.submittedAt(), now),
                        Duration.between(job.submittedAt(), deadline.get()),
                        pacing.done(work),
                        work,
                        changeover,
                        pool.backoff().longest(),
                        pacing.lostLast()));
    }

    /** What a step of the shard takes, start-ups included; absent before enough was seen. */
    static Optional<Duration> stepTime(PoolSpec pool, Observations seen, Job job, Shard shard, Instant now) {
        return new Pacing(job, shard, status(seen, shard), seen.history().changeover(pool), now).stepTime();
    }

    private static Optional<ShardStatus> status(Observations seen, Shard shard) {
        return shard.node().flatMap(node -> shard.lease().flatMap(lease -> seen.status(node, lease)));
    }

    private Optional<Duration> work() {
        Optional<Duration> expected = job.spec().scheduling().computeTime();
        OptionalInt steps = steps();
        if (steps.isEmpty()) {
            return expected;
        }
        return stepTime()
                .or(() -> expected.map(time -> time.dividedBy(steps.getAsInt())))
                .or(() -> status.filter(running -> running.stepMillis() > 0)
                        .map(running -> Duration.ofNanos((long) (running.stepMillis() * 1_000_000))))
                .map(step -> step.multipliedBy(steps.getAsInt()));
    }

    private OptionalInt steps() {
        return job.spec().program() instanceof ProgramSpec.Trainer(TrainSpec train)
                ? OptionalInt.of(train.steps())
                : OptionalInt.empty();
    }

    /** The mean over all attempts, their start-up included; once enough was seen. */
    private Optional<Duration> stepTime() {
        long made = 0;
        Duration spent = Duration.ZERO;
        for (Attempt attempt : shard.attempts()) {
            made += lastStep(attempt) - attempt.resumeStep();
            spent = spent.plus(time(attempt));
        }
        return made < job.spec().checkpoint().every() ? Optional.empty() : Optional.of(spent.dividedBy(made));
    }

    private Duration done(Duration work) {
        OptionalInt steps = steps();
        if (steps.isPresent()) {
            int saved = shard.lastAttempt().map(this::saved).orElse(0);
            return work.multipliedBy(Math.min(saved, steps.getAsInt())).dividedBy(steps.getAsInt());
        }
        Duration done = Duration.ZERO;
        List<Attempt> attempts = shard.attempts();
        for (int i = 0; i < attempts.size(); i++) {
            Attempt attempt = attempts.get(i);
            int kept = (i + 1 < attempts.size() ? attempts.get(i + 1).resumeStep() : saved(attempt))
                    - attempt.resumeStep();
            int made = lastStep(attempt) - attempt.resumeStep();
            Duration worked = time(attempt).minus(changeover);
            if (kept > 0 && made > 0 && worked.isPositive()) {
                done = done.plus(worked.multipliedBy(Math.min(kept, made)).dividedBy(made));
            }
        }
        return done.compareTo(work) > 0 ? work : done;
    }

    /** The step up to which the last attempt is surely saved. */
    private int saved(Attempt last) {
        int published = status.map(ShardStatus::checkpoint)
                .filter(checkpoint -> checkpoint.lease().generation() == last.generation())
                .map(CheckpointRef::step)
                .orElse(0);
        int unsaved = lastStep(last) - job.spec().checkpoint().every();
        return Math.max(Math.max(last.resumeStep(), published), unsaved);
    }

    private int lastStep(Attempt attempt) {
        return attempt.endedAt().isPresent()
                ? attempt.lastStep()
                : Math.max(attempt.lastStep(), status.map(ShardStatus::step).orElse(0));
    }

    private Duration time(Attempt attempt) {
        return Duration.between(attempt.grantedAt(), attempt.endedAt().orElse(now));
    }

    private Optional<Market> lostLast() {
        List<Attempt> latestFirst = new ArrayList<>(shard.attempts()).reversed();
        return latestFirst.stream()
                .filter(attempt -> attempt.market().isSpot())
                .filter(attempt -> attempt.endedBecause()
                        .map(Reason::code)
                        .filter(TAKEN::contains)
                        .isPresent())
                .map(Attempt::market)
                .findFirst();
    }
}
