package dev.drover.control;

import dev.drover.persistence.read.ReadModel;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.StepRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;

/**
 * Keeps a job's step records: live ones in batches, one write in flight, and what is missing of them from the checkpoints.
 *
 * <p>Never holds an agent back. When records come faster than they are written, every second one is left out, and past the
 * bound all: the next checkpoint has them.
 */
final class TelemetryActor extends AbstractBehavior<TelemetryActor.Message> {
    static final EntityTypeKey<Message> KEY = EntityTypeKey.create(Message.class, "telemetry");

    static final int MAX_BUFFERED = 8_192;
    private static final int THIN_FROM = MAX_BUFFERED / 2;

    private final JobId job;
    private final Around around;
    private final TimerScheduler<Message> timers;
    private final Map<Lease, List<StepRecord>> buffer = new LinkedHashMap<>();
    private final Map<Lease, Integer> toFill = new HashMap<>();
    private final Map<Lease, Integer> filled = new HashMap<>();
    private int buffered;
    private boolean writing;

    private TelemetryActor(ActorContext<Message> context, TimerScheduler<Message> timers, JobId job, Around around) {
        super(context);
        this.timers = timers;
        this.job = job;
        this.around = around;
    }

    /** What a job's telemetry is told. */
    sealed interface Message {}

    /** Steps of one lease, as they were made. */
    record Steps(Lease lease, List<StepRecord> steps) implements Message {}

    /** A checkpoint exists: from now on every record up to its step can be had. */
    record CheckpointKnown(CheckpointRef checkpoint) implements Message {}

    record Stop() implements Message {}

    private record FillDue() implements Message {}

    private record Written() implements Message {}

    private record Filled(Map<Lease, Integer> upTo) implements Message {}

    private record WriteFailed(Throwable cause) implements Message {}

    private record FillFailed(Throwable cause, Map<Lease, Integer> upTo) implements Message {}

    /**
     * What every job's telemetry shares.
     *
     * @param fillAfter how long live records are waited for before a checkpoint's are read
     */
    record Around(ReadModel readModel, StepBackfill backfill, Duration fillAfter, Executor executor) {}

    static Behavior<Message> create(JobId job, Around around) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new TelemetryActor(context, timers, job, around)));
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Steps.class, this::onSteps)
                .onMessage(CheckpointKnown.class, this::onCheckpoint)
                .onMessage(FillDue.class, ignored -> onFillDue())
                .onMessage(Written.class, ignored -> settled())
                .onMessage(Filled.class, this::onFilled)
                .onMessage(WriteFailed.class, this::onWriteFailed)
                .onMessage(FillFailed.class, this::onFillFailed)
                .onMessage(Stop.class, ignored -> onStop())
                .build();
    }

    private Behavior<Message> onSteps(Steps message) {
        for (StepRecord step : message.steps()) {
            boolean thinned = buffered >= MAX_BUFFERED || (buffered >= THIN_FROM && step.step() % 2 == 0);
            if (!thinned) {
                buffer.computeIfAbsent(message.lease(), lease -> new ArrayList<>())
                        .add(step);
                buffered++;
            }
        }
        return next();
    }

    private Behavior<Message> onCheckpoint(CheckpointKnown known) {
        Lease lease = known.checkpoint().lease();
        int step = known.checkpoint().step();
        if (step > filled.getOrDefault(lease, 0)) {
            toFill.merge(lease, step, Math::max);
            if (!timers.isTimerActive(FillDue.class)) {
                timers.startSingleTimer(FillDue.class, new FillDue(), around.fillAfter());
            }
        }
        return this;
    }

    private Behavior<Message> onFillDue() {
        if (toFill.isEmpty()) {
            return this;
        }
        Map<Lease, Integer> upTo = Map.copyOf(toFill);
        Map<Lease, Integer> from = Map.copyOf(filled);
        toFill.clear();
        getContext()
                .pipeToSelf(
                        CompletableFuture.supplyAsync(() -> fill(from, upTo), around.executor()),
                        (ignored, failure) -> failure == null ? new Filled(upTo) : new FillFailed(failure, upTo));
        return this;
    }

    private Done write(Map<Lease, List<StepRecord>> batch) {
        batch.forEach(around.readModel()::appendSteps);
        return Done.getInstance();
    }

    private Done fill(Map<Lease, Integer> from, Map<Lease, Integer> upTo) {
        upTo.forEach((lease, step) -> {
            try {
                around.backfill().fill(lease, from.getOrDefault(lease, 0), step);
            } catch (IOException e) {
                throw new UncheckedIOException("can't read the steps of " + lease + " from the store", e);
            }
        });
        return Done.getInstance();
    }

    private Behavior<Message> onFilled(Filled done) {
        done.upTo().forEach((lease, step) -> filled.merge(lease, step, Math::max));
        return this;
    }

    private Behavior<Message> onWriteFailed(WriteFailed failed) {
        getContext().getLog().warn("can't write steps of job {}; its checkpoints have them", job, failed.cause());
        return settled();
    }

    private Behavior<Message> onFillFailed(FillFailed failed) {
        getContext().getLog().warn("can't complete the steps of job {}, will retry", job, failed.cause());
        failed.upTo().forEach((lease, step) -> toFill.merge(lease, step, Math::max));
        timers.startSingleTimer(FillDue.class, new FillDue(), around.fillAfter());
        return this;
    }

    private Behavior<Message> onStop() {
        // What is buffered is in the checkpoints too; a write in flight ends by itself.
        return Behaviors.stopped();
    }

    private Behavior<Message> settled() {
        writing = false;
        return next();
    }

    private Behavior<Message> next() {
        if (writing || buffer.isEmpty()) {
            return this;
        }
        writing = true;
        Map<Lease, List<StepRecord>> batch = new LinkedHashMap<>(buffer);
        buffer.clear();
        buffered = 0;
        getContext()
                .pipeToSelf(
                        CompletableFuture.supplyAsync(() -> write(batch), around.executor()),
                        (ignored, failure) -> failure == null ? new Written() : new WriteFailed(failure));
        return this;
    }
}
