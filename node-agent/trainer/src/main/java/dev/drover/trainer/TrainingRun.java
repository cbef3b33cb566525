package dev.drover.trainer;

import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.StepRecord;
import dev.drover.protocol.shard.ToShard;
import dev.drover.trainer.checkpoint.CheckpointSaver;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Training from one step boundary to the next, until it is done, stopped, or alone.
 *
 * <p>Everything that comes from outside takes effect at a boundary: a save that is due while another is in flight is made at
 * the first boundary where it can be, and the last one is never skipped. A save that fails does not end training.
 */
final class TrainingRun {
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

    /** Even a stop that is past its deadline waits so long: a small state is written by then. */
    private static final Duration LEAST_SAVE_TIME = Duration.ofSeconds(1);

    private final AgentLink link;
    private final Training training;
    private final CheckpointSaver saver;
    private final Path workDir;
    private final int checkpointEvery;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    private int step;
    private double pauseMillis;
    private boolean agentGone;
    private boolean saveDue;
    private ToShard.@Nullable Stop stop;

    TrainingRun(
            AgentLink link,
            Training training,
            CheckpointSaver saver,
            Path workDir,
            int checkpointEvery,
            int resumedStep,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.link = link;
        this.training = training;
        this.saver = saver;
        this.workDir = workDir;
        this.checkpointEvery = checkpointEvery;
        this.step = resumedStep;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** Trains until there is nothing left to do in this process; every message about it is sent by then. */
    void run() throws InterruptedException {
        while (true) {
            hearEvents();
            if (agentGone) {
                return;
            }
            if (stop != null) {
                stopBy(Instant.ofEpochMilli(stop.deadlineEpochMillis()));
                return;
            }
            if (step == training.spec().steps()) {
                finish();
                return;
            }
            if (saveDue && !saver.busy()) {
                save();
            }
            makeStep();
            saveDue |= step % checkpointEvery == 0;
        }
    }

    private void hearEvents() throws InterruptedException {
        for (var event = link.poll(Duration.ZERO); event.isPresent(); event = link.poll(Duration.ZERO)) {
            hear(event.get());
        }
    }

    private void hear(ShardEvent event) {
        switch (event) {
            case ShardEvent.AgentGone gone -> agentGone = true;
            case ShardEvent.SaveSettled settled -> {}
            case ShardEvent.Command(ToShard message) -> {
                switch (message) {
                    case ToShard.Save save -> saveDue = true;
                    case ToShard.Stop request -> stop = request;
                    case ToShard.Prepare repeated -> {}
                    case ToShard.Start repeated -> {}
                }
            }
        }
    }

    private void makeStep() {
        long from = nanoTime.getAsLong();
        Training.Outcome outcome = training.step(step + 1);
        double seconds = (nanoTime.getAsLong() - from) / 1e9;
        step++;
        Optional<Float> evalLoss = training.evaluate(step);
        link.send(new FromShard.Step(new StepRecord(
                step,
                outcome.loss(),
                outcome.learningRate(),
                outcome.gradientNorm(),
                step * training.samplesPerStep(),
                training.tokensPerStep() / seconds,
                pauseMillis,
                evalLoss.orElse(null),
                clock.millis())));
        pauseMillis = 0;
    }

    private void save() {
        saveDue = false;
        pauseMillis += saver.begin(training.stateAfter(step), workDir);
    }

    private void stopBy(Instant deadline) throws InterruptedException {
        Instant earliest = clock.instant().plus(LEAST_SAVE_TIME);
        Instant patience = deadline.isAfter(earliest) ? deadline : earliest;
        boolean begun = false;
        while (!agentGone && saver.savedStep() != step) {
            if (saver.busy()) {
                if (!awaitEvent(patience)) {
                    link.send(new FromShard.SaveFailed(
                            step,
                            "the save of step %d was not complete at the deadline of the stop, %s"
                                    .formatted(step, deadline)));
                    break;
                }
            } else if (begun) {
                break;
            } else {
                save();
                begun = true;
            }
        }
        link.send(new FromShard.Stopped(step));
    }

    /** Saves the last step however often that takes, since there is nothing else to do and all is lost without it. */
    private void finish() throws InterruptedException {
        Duration retry = FIRST_RETRY;
        Instant nextTry = clock.instant();
        while (saver.savedStep() != step) {
            if (saver.busy()) {
                hear(link.take());
            } else if (saveDue || !clock.instant().isBefore(nextTry)) {
                save();
                nextTry = clock.instant().plus(retry);
                retry = retry.multipliedBy(2).compareTo(LONGEST_RETRY) < 0 ? retry.multipliedBy(2) : LONGEST_RETRY;
            } else {
                awaitEvent(nextTry);
            }
            if (agentGone) {
                return;
            }
            if (stop != null) {
                stopBy(Instant.ofEpochMilli(stop.deadlineEpochMillis()));
                return;
            }
        }
        link.send(new FromShard.Done(step));
    }

    private boolean awaitEvent(Instant deadline) throws InterruptedException {
        Optional<ShardEvent> event = link.poll(Duration.between(clock.instant(), deadline));
        event.ifPresent(this::hear);
        return event.isPresent();
    }
}
