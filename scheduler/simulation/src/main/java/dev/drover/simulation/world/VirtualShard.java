package dev.drover.simulation.world;

import dev.drover.protocol.agent.HandoffTarget;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.simulation.world.check.Fact;
import dev.drover.simulation.world.check.Fact.End;
import dev.drover.simulation.world.check.Fact.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One lease on a node, as the agent's shard actor handles it: prepares, restores, trains, saves, stops. A step is no event of
 * its own; only what somebody hears of is.
 */
final class VirtualShard {
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final VirtualAgent agent;
    private final Ground ground;
    private final Lease lease;
    private final int kept;
    private final Training training;
    private final int every;

    private Phase phase = Phase.STARTING;
    private Optional<SaveLine> saves = Optional.empty();
    private Optional<CheckpointRef> checkpoint = Optional.empty();
    private Optional<CheckpointRef> resumedFrom = Optional.empty();
    private Optional<Phase> verdict = Optional.empty();
    private @Nullable CheckpointRef bad;
    private @Nullable String reason;
    private boolean prepared;
    private boolean trains;
    private boolean deadlinePassed;
    private boolean gone;
    private boolean storeFailedAtTheEnd;
    private long sinceMillis;
    private int fromStep;
    private int lastStep;
    private int failsAt = Integer.MAX_VALUE;

    VirtualShard(VirtualAgent agent, Ground ground, Lease lease, ShardTask task) {
        this.agent = agent;
        this.ground = ground;
        this.lease = lease;
        this.kept = task.checkpointsKept();
        this.every = task.checkpointEvery();
        this.training = Training.of(task);
    }

    // Orders. Each takes effect once.

    void prepare() {
        enter(Phase.PREPARING);
        later(agent.startTime(), () -> {
            if (phase == Phase.PREPARING) {
                prepared = true;
                enter(Phase.PREPARED);
            }
        });
    }

    void run(Optional<CheckpointRef> resumeFrom) {
        resumedFrom = resumeFrom;
        lastStep = resumeFrom.map(CheckpointRef::step).orElse(0);
        enter(Phase.STARTING);
        later(prepared ? Duration.ofMillis(100) : agent.startTime(), this::restore);
    }

    boolean isWaiting() {
        return phase == Phase.PREPARING || phase == Phase.PREPARED;
    }

    void handOff(Instant deadline) {
        if (isFinal() || phase == Phase.STOPPING) {
            return;
        }
        if (!trains) {
            finish(Phase.STOPPED, End.STOPPED);
            return;
        }
        saves.orElseThrow().retry();
        long stepMillis = training.step().toMillis();
        long elapsed = ground.time().millis() - sinceMillis;
        int boundary = (int) Math.min(training.steps(), fromStep + (elapsed + stepMillis - 1) / stepMillis);
        enter(Phase.STOPPING);
        ground.time()
                .afterMillis(
                        sinceMillis
                                + (boundary - fromStep) * stepMillis
                                - ground.time().millis(),
                        () -> {
                            if (!gone && phase == Phase.STOPPING && verdict.isEmpty()) {
                                over(boundary);
                            }
                        });
        ground.time().at(deadline, this::deadline);
    }

    /** The lease is over: nothing is published any more. */
    void die(End how) {
        endTraining(how);
        saves.ifPresent(SaveLine::close);
        gone = true;
    }

    // How it stands.

    boolean isFinal() {
        return switch (phase) {
            case PREPARING, PREPARED, STARTING, RUNNING, STOPPING -> false;
            case STOPPED, DONE, FAILED, RESTORE_FAILED -> true;
        };
    }

    Lease lease() {
        return lease;
    }

    Training training() {
        return training;
    }

    boolean trains() {
        return trains && !gone;
    }

    /** When it began to train, in the world's milliseconds. */
    long sinceMillis() {
        return sinceMillis;
    }

    boolean storeFailedAtTheEnd() {
        return storeFailedAtTheEnd;
    }

    ShardStatus status() {
        CheckpointRef lastWord = checkpoint
                .or(() -> phase == Phase.DONE ? resumedFrom : Optional.empty())
                .orElse(null);
        HandoffTarget target = phase == Phase.PREPARED ? new HandoffTarget("http://" + lease, "secret") : null;
        double saveMillis = checkpoint.isPresent() ? training.publish().toMillis() : 0;
        return new ShardStatus(
                lease,
                phase,
                step(),
                lastWord,
                target,
                reason,
                bad,
                saveMillis,
                training.step().toMillis());
    }

    Progress progress() {
        int step = step();
        SaveLine line = saves.orElseThrow();
        return new Progress(step, line.published(), line.unpublishedSince(step), every);
    }

    private int step() {
        if (!trains || verdict.isPresent()) {
            return lastStep;
        }
        long made = (ground.time().millis() - sinceMillis) / training.step().toMillis();
        return (int) Math.min(training.steps(), fromStep + made);
    }

    // What it does by itself.

    private void restore() {
        if (phase != Phase.STARTING) {
            return;
        }
        if (resumedFrom.isPresent() && !agent.reachesStore()) {
            reason = "can't read the store";
            agent.changed();
            later(RETRY.multipliedBy(10), this::restore);
            return;
        }
        reason = null;
        Optional<String> flaw = resumedFrom.flatMap(agent::flaw);
        if (flaw.isPresent()) {
            bad = resumedFrom.orElseThrow();
            reason = flaw.get();
            ground.count("restore failed");
            enter(Phase.RESTORE_FAILED);
            return;
        }
        train();
    }

    private void train() {
        fromStep = lastStep;
        sinceMillis = ground.time().millis();
        trains = true;
        saves = Optional.of(new SaveLine(ground.time(), training.publish(), fromStep, this::publish, this::settle));
        failsAt = agent.failsAt(fromStep, training.steps());
        ground.tell(new Fact.TrainingBegan(agent.node(), lease, fromStep));
        if (fromStep >= training.steps()) {
            over(fromStep);
            return;
        }
        atStep(fromStep + 1, () -> enter(Phase.RUNNING));
        nextMilestone((fromStep / every + 1) * every);
    }

    private void nextMilestone(int nextSave) {
        int next = Math.min(Math.min(training.steps(), failsAt), nextSave);
        atStep(next, () -> {
            if (next == failsAt) {
                fail();
            } else if (next == training.steps()) {
                over(next);
            } else {
                saves.orElseThrow().save(next);
                nextMilestone(next + every);
            }
        });
    }

    /** Only while it trains: a stop ends at its own boundary. */
    private void atStep(int step, Runnable what) {
        long millis = sinceMillis + (step - fromStep) * training.step().toMillis();
        ground.time().afterMillis(millis - ground.time().millis(), () -> {
            if (!gone && (phase == Phase.STARTING || phase == Phase.RUNNING)) {
                what.run();
            }
        });
    }

    private void fail() {
        lastStep = step();
        reason = "NaN loss";
        ground.count("program failed");
        finish(Phase.FAILED, End.FAILED);
    }

    /** The program has nothing more to do: final once all it saved is published. */
    private void over(int step) {
        lastStep = step;
        verdict = Optional.of(step >= training.steps() ? Phase.DONE : Phase.STOPPED);
        SaveLine line = saves.orElseThrow();
        if (step > line.newest()) {
            line.save(step);
        }
        settle();
    }

    private boolean publish(int step) {
        if (!agent.reachesStore()) {
            storeFailedAtTheEnd |= phase == Phase.STOPPING || verdict.isPresent();
            ground.count("save not published");
            return false;
        }
        CheckpointRef ref = new CheckpointRef(lease, step, "g" + lease.generation() + "-s" + step);
        checkpoint = Optional.of(ref);
        agent.publish(ref, phase == Phase.RUNNING ? kept : Integer.MAX_VALUE);
        return true;
    }

    private void settle() {
        SaveLine line = saves.orElseThrow();
        if (isFinal() || gone) {
            return;
        }
        if (verdict.isPresent() && line.isDrained()) {
            finish(verdict.get(), verdict.get() == Phase.DONE ? End.DONE : End.STOPPED);
        } else if (verdict.isPresent() && line.hasFailed() && deadlinePassed) {
            finish(Phase.STOPPED, End.STORE_AWAY);
        } else {
            agent.changed();
        }
    }

    /** What is not saved by now is not waited for. */
    private void deadline() {
        if (gone || isFinal()) {
            return;
        }
        deadlinePassed = true;
        if (verdict.isEmpty()) {
            lastStep = step();
            verdict = Optional.of(Phase.STOPPED);
        }
        settle();
    }

    private void finish(Phase lastPhase, End how) {
        endTraining(how == End.STOPPED ? whyUnsaved().orElse(how) : how);
        enter(lastPhase);
    }

    /** What kept it from saving its last step, if there is an excuse. */
    private Optional<End> whyUnsaved() {
        if (storeFailedAtTheEnd) {
            return Optional.of(End.STORE_AWAY);
        }
        return agent.isHurried(this) ? Optional.of(End.TAKEN) : Optional.empty();
    }

    private void endTraining(End how) {
        if (trains && !gone) {
            Progress progress = progress();
            trains = false;
            lastStep = progress.step();
            ground.tell(new Fact.TrainingEnded(agent.node(), lease, progress, how));
        }
    }

    private void enter(Phase next) {
        phase = next;
        agent.changed();
    }

    private void later(Duration wait, Runnable what) {
        ground.time().after(wait, () -> {
            if (!gone) {
                what.run();
            }
        });
    }
}
