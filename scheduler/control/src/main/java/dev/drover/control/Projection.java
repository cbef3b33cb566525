package dev.drover.control;

import dev.drover.persistence.read.ReadModel;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.api.JobEvent;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.PoolName;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Tells the read model what happened to a pool's jobs, in order, off the pool's own thread.
 *
 * <p>After a recovery it tells again what the journal still holds; sequence numbers are the journal's, so nothing doubles.
 * Retention keeps two snapshots' worth of events, so nothing is lost by a crash in between. While the read model fails, what
 * is to be told waits here and is tried again.
 */
final class Projection extends AbstractBehavior<Projection.Message> {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final PoolName pool;
    private final Factory around;
    private final TimerScheduler<Message> timers;
    private final Deque<Chapter> untold = new ArrayDeque<>();
    private boolean telling;

    private Projection(ActorContext<Message> context, TimerScheduler<Message> timers, PoolName pool, Factory around) {
        super(context);
        this.timers = timers;
        this.pool = pool;
        this.around = around;
    }

    /** What a projection is told. */
    sealed interface Message {}

    record Recovered(PoolState state) implements Message {}

    record Persisted(List<PoolEvent> events, long lastSequence, PoolState after) implements Message {}

    private record History(List<JobEvent> events) implements Message {}

    private record HistoryFailed(PoolState state, Throwable cause) implements Message {}

    private record Retry() implements Message {}

    private record RetryHistory(PoolState state) implements Message {}

    private record Written() implements Message {}

    private record WriteFailed(Throwable cause) implements Message {}

    private record Chapter(List<Attempts.Told> attempts, List<JobEvent> events) {}

    /** What every pool's projection shares. {@code checkpoints} hears of each checkpoint that the pool relies on. */
    record Factory(ReadModel readModel, JournalReader journal, Consumer<CheckpointRef> checkpoints, Executor executor) {
        Behavior<Message> of(PoolName pool) {
            return Behaviors.setup(
                    context -> Behaviors.withTimers(timers -> new Projection(context, timers, pool, this)));
        }
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Recovered.class, fresh -> onRecovered(fresh.state()))
                .onMessage(RetryHistory.class, again -> onRecovered(again.state()))
                .onMessage(History.class, history -> add(new Chapter(List.of(), history.events())))
                .onMessage(HistoryFailed.class, this::onHistoryFailed)
                .onMessage(Persisted.class, this::onPersisted)
                .onMessage(Written.class, ignored -> onWritten())
                .onMessage(WriteFailed.class, this::onWriteFailed)
                .onMessage(Retry.class, ignored -> {
                    telling = false;
                    return next();
                })
                .build();
    }

    private Behavior<Message> onRecovered(PoolState state) {
        getContext().pipeToSelf(around.journal().read(pool), (events, failure) -> {
            if (failure != null) {
                return new HistoryFailed(state, failure);
            }
            List<JobEvent> told = events.stream()
                    .flatMap(kept -> JobEvents.of(kept.event(), kept.sequence()).stream())
                    .toList();
            return new History(told);
        });
        return add(new Chapter(Attempts.all(state), List.of()));
    }

    private Behavior<Message> onHistoryFailed(HistoryFailed failed) {
        getContext().getLog().warn("can't read the journal of pool {} again, will retry", pool, failed.cause());
        timers.startSingleTimer(new RetryHistory(failed.state()), RETRY_AFTER);
        return this;
    }

    private Behavior<Message> onPersisted(Persisted persisted) {
        List<JobEvent> events = new ArrayList<>();
        long sequence = persisted.lastSequence() - persisted.events().size();
        for (PoolEvent event : persisted.events()) {
            sequence++;
            JobEvents.of(event, sequence).ifPresent(events::add);
            if (event instanceof PoolEvent.ShardGranted granted) {
                granted.resumeFrom().ifPresent(around.checkpoints());
            } else if (event instanceof PoolEvent.ShardSucceeded succeeded) {
                around.checkpoints().accept(succeeded.checkpoint());
            }
        }
        return add(new Chapter(Attempts.changedBy(persisted.events(), persisted.after()), events));
    }

    private Behavior<Message> add(Chapter chapter) {
        if (!chapter.attempts().isEmpty() || !chapter.events().isEmpty()) {
            untold.add(chapter);
        }
        return next();
    }

    private Behavior<Message> next() {
        if (!telling && !untold.isEmpty()) {
            telling = true;
            Chapter chapter = untold.getFirst();
            getContext()
                    .pipeToSelf(
                            CompletableFuture.supplyAsync(() -> write(chapter), around.executor()),
                            (ignored, failure) -> failure == null ? new Written() : new WriteFailed(failure));
        }
        return this;
    }

    private Done write(Chapter chapter) {
        chapter.attempts().forEach(told -> around.readModel().recordAttempt(told.shard(), told.attempt()));
        around.readModel().appendEvents(chapter.events());
        return Done.getInstance();
    }

    private Behavior<Message> onWritten() {
        untold.removeFirst();
        telling = false;
        return next();
    }

    private Behavior<Message> onWriteFailed(WriteFailed failed) {
        getContext().getLog().warn("can't tell the read model about pool {}, will retry", pool, failed.cause());
        timers.startSingleTimer(new Retry(), RETRY_AFTER);
        return this;
    }
}
