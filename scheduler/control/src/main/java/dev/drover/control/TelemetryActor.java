package dev.drover.control;

import dev.drover.control.StepExecutor.Claim;
import dev.drover.control.StepExecutor.Held;
import dev.drover.control.StepExecutor.Left;
import dev.drover.control.StepExecutor.Source;
import dev.drover.persistence.read.ReadModel;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.shard.StepRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
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
 * <p>Live records count only from the node that holds their generation, or held it and made them before its successor
 * continued ({@link StepHolders}). Records of a grant that is not in the read model yet wait a little for it; all others are
 * dropped and counted.
 *
 * <p>Never holds an agent back. When records come faster than they are written, every second one is left out, and past the
 * bound all: the next checkpoint has them.
 */
final class TelemetryActor extends AbstractBehavior<TelemetryActor.Message> {
    static final EntityTypeKey<Message> KEY = EntityTypeKey.create(Message.class, "telemetry");

    static final int MAX_BUFFERED = 8_192;

    /** Of what is nobody's yet. It may stay so, and takes no room from what is somebody's. */
    private static final int MAX_UNKNOWN = 512;

    private static final int THIN_FROM = MAX_BUFFERED / 2;

    /** How long a grant may take from the journal to the read model before its records count as nobody's. */
    private static final int MAX_LOOKS = 40;

    private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(250);

    private final JobId job;
    private final Around around;
    private final StepExecutor executor;
    private final TimerScheduler<Message> timers;
    private final Map<Source, Held> buffer = new LinkedHashMap<>();
    private final Map<Source, Held> unknown = new LinkedHashMap<>();
    private final Map<NodeId, Long> refused = new HashMap<>();
    private final Map<Claim, Integer> toFill = new HashMap<>();
    private final Map<Lease, Integer> filled = new HashMap<>();
    private int buffered;
    private boolean writing;

    private TelemetryActor(ActorContext<Message> context, TimerScheduler<Message> timers, JobId job, Around around) {
        super(context);
        this.timers = timers;
        this.job = job;
        this.around = around;
        this.executor = new StepExecutor(job, around.readModel(), around.backfill());
    }

    /** What a job's telemetry is told. */
    sealed interface Message {}

    /** Steps of one lease, as they were made; {@code from} is the node whose agent sent them. */
    record Steps(NodeId from, Lease lease, List<StepRecord> steps) implements Message {}

    /**
     * A checkpoint exists: from now on every record up to its step can be had.
     *
     * @param saidBy the node whose agent says so; absent where the pool itself relies on it
     */
    record CheckpointKnown(Optional<NodeId> saidBy, CheckpointRef checkpoint) implements Message {}

    record Stop() implements Message {}

    private record FillDue() implements Message {}

    private record LookAgain() implements Message {}

    private record Written(Left left) implements Message {}

    private record Filled(Map<Lease, Integer> upTo) implements Message {}

    private record WriteFailed(Throwable cause) implements Message {}

    private record FillFailed(Throwable cause, Map<Claim, Integer> upTo) implements Message {}

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
                .onMessage(LookAgain.class, ignored -> onLookAgain())
                .onMessage(Written.class, this::onWritten)
                .onMessage(Filled.class, this::onFilled)
                .onMessage(WriteFailed.class, this::onWriteFailed)
                .onMessage(FillFailed.class, this::onFillFailed)
                .onMessage(Stop.class, ignored -> onStop())
                .build();
    }

    private Behavior<Message> onSteps(Steps message) {
        Source source = new Source(message.from(), message.lease());
        if (unknown.containsKey(source)) {
            holdUnknown(source, new Held(message.steps(), 0));
            return this;
        }
        for (StepRecord step : message.steps()) {
            boolean thinned = buffered >= MAX_BUFFERED || (buffered >= THIN_FROM && step.step() % 2 == 0);
            if (!thinned) {
                hold(buffer, source, new Held(List.of(step), 0));
                buffered++;
            }
        }
        return next();
    }

    private void holdUnknown(Source source, Held more) {
        int room = MAX_UNKNOWN - count(unknown);
        if (room > 0) {
            hold(unknown, source, new Held(more.steps().stream().limit(room).toList(), more.looks()));
        }
    }

    private static void hold(Map<Source, Held> to, Source source, Held more) {
        Held held = to.computeIfAbsent(source, key -> new Held(new ArrayList<>(), 0));
        held.steps().addAll(more.steps());
        to.put(source, new Held(held.steps(), Math.max(held.looks(), more.looks())));
    }

    private static int count(Map<Source, Held> held) {
        return held.values().stream().mapToInt(each -> each.steps().size()).sum();
    }

    private Behavior<Message> onCheckpoint(CheckpointKnown known) {
        Lease lease = known.checkpoint().lease();
        int step = known.checkpoint().step();
        if (step > filled.getOrDefault(lease, 0)) {
            toFill.merge(new Claim(known.saidBy(), lease), step, Math::max);
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
        Map<Claim, Integer> upTo = Map.copyOf(toFill);
        Map<Lease, Integer> from = Map.copyOf(filled);
        toFill.clear();
        getContext()
                .pipeToSelf(
                        CompletableFuture.supplyAsync(() -> fill(from, upTo), around.executor()),
                        (done, failure) -> failure == null ? new Filled(done) : new FillFailed(failure, upTo));
        return this;
    }

    private Map<Lease, Integer> fill(Map<Lease, Integer> from, Map<Claim, Integer> upTo) {
        try {
            return executor.fill(from, upTo);
        } catch (IOException e) {
            throw new UncheckedIOException("can't read the steps of " + upTo.keySet() + " from the store", e);
        }
    }

    private Behavior<Message> onFilled(Filled done) {
        done.upTo().forEach((lease, step) -> filled.merge(lease, step, Math::max));
        return this;
    }

    private Behavior<Message> onWritten(Written written) {
        written.left().ofStrangers().forEach(this::refuse);
        written.left().ofUnknown().forEach((source, held) -> {
            if (held.looks() < MAX_LOOKS) {
                holdUnknown(source, new Held(held.steps(), held.looks() + 1));
            } else {
                refuse(source, held.steps().size());
            }
        });
        if (!unknown.isEmpty() && !timers.isTimerActive(LookAgain.class)) {
            timers.startSingleTimer(LookAgain.class, new LookAgain(), LOOK_AGAIN_AFTER);
        }
        return settled();
    }

    private Behavior<Message> onLookAgain() {
        unknown.forEach((source, held) -> hold(buffer, source, held));
        buffered += count(unknown);
        unknown.clear();
        return next();
    }

    /** Counted, and said once for each node: a zombie goes on for a while, an impostor for ever. */
    private void refuse(Source source, int steps) {
        if (refused.merge(source.from(), (long) steps, Long::sum) == steps) {
            getContext()
                    .getLog()
                    .warn(
                            "dropped {} steps of {}: node {} does not hold it; what more it sends is dropped silently",
                            steps,
                            source.lease(),
                            source.from());
        }
    }

    private Behavior<Message> onWriteFailed(WriteFailed failed) {
        getContext().getLog().warn("can't write steps of job {}; its checkpoints have them", job, failed.cause());
        return settled();
    }

    private Behavior<Message> onFillFailed(FillFailed failed) {
        getContext().getLog().warn("can't complete the steps of job {}, will retry", job, failed.cause());
        failed.upTo().forEach((claim, step) -> toFill.merge(claim, step, Math::max));
        timers.startSingleTimer(FillDue.class, new FillDue(), around.fillAfter());
        return this;
    }

    private Behavior<Message> onStop() {
        // What is buffered is in the checkpoints too; a write in flight ends by itself.
        refused.forEach((node, steps) ->
                getContext().getLog().info("dropped {} steps of job {} that node {} did not hold", steps, job, node));
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
        Map<Source, Held> batch = new LinkedHashMap<>(buffer);
        buffer.clear();
        buffered = 0;
        getContext()
                .pipeToSelf(
                        CompletableFuture.supplyAsync(() -> executor.write(batch), around.executor()),
                        (left, failure) -> failure == null ? new Written(left) : new WriteFailed(failure));
        return this;
    }
}
