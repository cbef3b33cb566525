package dev.drover.control;

import dev.drover.persistence.read.ReadModel;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.api.JobEvent;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.id.ShardId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
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
 * Retention keeps two snapshots' worth of events, so nothing is lost by a crash in between.
 *
 * <p>While the read model fails, what is to be told waits here, up to {@link #MAX_UNTOLD} entries. Beyond that it is let go, and
 * told from the state and the journal once the read model works again. Attempts are complete then. Of events, those that the
 * journal has meanwhile deleted are lost, and each job that lost some is told so. A crash before that leaves the hole unmarked.
 */
final class Projection extends AbstractBehavior<Projection.Message> {
    static final int MAX_UNTOLD = 2_000;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final PoolName pool;
    private final Factory around;
    private final TimerScheduler<Message> timers;
    private final Deque<Chapter> untold = new ArrayDeque<>();
    private final Map<JobId, LetGo> letGo = new HashMap<>();
    private Optional<PoolState> behind = Optional.empty();
    private int held;
    private long told;
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

    private record History(PoolState state, List<JournalReader.Kept> events) implements Message {}

    private record HistoryFailed(PoolState state, Throwable cause) implements Message {}

    private record Retry() implements Message {}

    private record Written() implements Message {}

    private record WriteFailed(Throwable cause) implements Message {}

    /** What one write tells; {@code weight} counts against the bound. */
    private record Chapter(
            List<ReadModel.ShardAttempt> attempts, List<JobEvent> events, long lastSequence, int weight) {
        /** All of these as one, so that what has gathered costs one write. Of an attempt the last counts. */
        static Chapter of(Collection<Chapter> chapters) {
            Map<Map.Entry<ShardId, Integer>, ReadModel.ShardAttempt> attempts = new LinkedHashMap<>();
            List<JobEvent> events = new ArrayList<>();
            long last = 0;
            int weight = 0;
            for (Chapter chapter : chapters) {
                chapter.attempts()
                        .forEach(it ->
                                attempts.put(Map.entry(it.shard(), it.attempt().generation()), it));
                events.addAll(chapter.events());
                last = Math.max(last, chapter.lastSequence());
                weight += chapter.weight();
            }
            return new Chapter(List.copyOf(attempts.values()), events, last, weight);
        }
    }

    /** The first and the last event of a job that were let go. */
    private record LetGo(long first, long last) {
        LetGo and(LetGo later) {
            return new LetGo(first, later.last());
        }
    }

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
                .onMessage(Recovered.class, this::onRecovered)
                .onMessage(History.class, this::onHistory)
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

    private Behavior<Message> onRecovered(Recovered fresh) {
        behind = Optional.of(fresh.state());
        return next();
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
                succeeded.checkpoint().ifPresent(around.checkpoints());
            }
        }
        if (behind.isPresent()) {
            letGo(events, persisted.after());
            return next();
        }
        List<ReadModel.ShardAttempt> attempts = Attempts.changedBy(persisted.events(), persisted.after());
        int weight = attempts.size() + events.size();
        if (weight > 0) {
            untold.add(new Chapter(attempts, events, persisted.lastSequence(), weight));
            held += weight;
        }
        if (held > MAX_UNTOLD) {
            getContext()
                    .getLog()
                    .warn(
                            "{} entries of pool {} wait for the read model, more than {}: from here on they are to be read"
                                    + " from the journal again",
                            held,
                            pool,
                            MAX_UNTOLD);
            // The first may be being written; it also shows when the read model works again.
            untold.stream().skip(1).forEach(chapter -> letGo(chapter.events(), persisted.after()));
            while (untold.size() > 1) {
                held -= untold.removeLast().weight();
            }
        }
        return next();
    }

    private void letGo(List<JobEvent> events, PoolState after) {
        events.forEach(event -> letGo.merge(event.job(), new LetGo(event.sequence(), event.sequence()), LetGo::and));
        behind = Optional.of(after);
    }

    private Behavior<Message> next() {
        if (telling) {
            return this;
        }
        if (!untold.isEmpty()) {
            telling = true;
            Chapter chapter = Chapter.of(untold);
            untold.clear();
            untold.add(chapter);
            getContext()
                    .pipeToSelf(
                            CompletableFuture.supplyAsync(() -> write(chapter), around.executor()),
                            (ignored, failure) -> failure == null ? new Written() : new WriteFailed(failure));
        } else if (behind.isPresent()) {
            telling = true;
            PoolState state = behind.get();
            behind = Optional.empty();
            getContext()
                    .pipeToSelf(
                            around.journal().read(pool, told + 1),
                            (events, failure) ->
                                    failure == null ? new History(state, events) : new HistoryFailed(state, failure));
        }
        return this;
    }

    private Behavior<Message> onHistory(History history) {
        List<JournalReader.Kept> kept = history.events();
        List<JobEvent> events = new ArrayList<>();
        if (!kept.isEmpty() && kept.getFirst().sequence() > told + 1) {
            letGo.forEach((job, lost) -> {
                if (lost.first() < kept.getFirst().sequence()) {
                    events.add(hole(job, kept.getFirst()));
                }
            });
        }
        kept.forEach(event -> JobEvents.of(event.event(), event.sequence()).ifPresent(events::add));
        long last = kept.isEmpty() ? told : kept.getLast().sequence();
        // What was let go while this was read is for the next reading.
        letGo.values().removeIf(lost -> lost.last() <= last);
        untold.addFirst(new Chapter(Attempts.all(history.state()), events, last, 0));
        telling = false;
        return next();
    }

    /** Stands where the hole ends, just before the first event that is still known. */
    private static JobEvent hole(JobId job, JournalReader.Kept first) {
        return new JobEvent(
                job,
                first.sequence() - 1,
                first.event().at(),
                OptionalInt.empty(),
                "thinned",
                "Some of what happened before this is not told: the read model could not be written for too long.",
                Optional.empty());
    }

    private Behavior<Message> onHistoryFailed(HistoryFailed failed) {
        getContext().getLog().warn("can't read the journal of pool {} again, will retry", pool, failed.cause());
        behind = behind.or(() -> Optional.of(failed.state()));
        timers.startSingleTimer(new Retry(), RETRY_AFTER);
        return this;
    }

    private Done write(Chapter chapter) {
        around.readModel().recordAttempts(chapter.attempts());
        around.readModel().appendEvents(chapter.events());
        return Done.getInstance();
    }

    private Behavior<Message> onWritten() {
        Chapter written = untold.removeFirst();
        held -= written.weight();
        told = Math.max(told, written.lastSequence());
        telling = false;
        return next();
    }

    private Behavior<Message> onWriteFailed(WriteFailed failed) {
        getContext().getLog().warn("can't tell the read model about pool {}, will retry", pool, failed.cause());
        timers.startSingleTimer(new Retry(), RETRY_AFTER);
        return this;
    }
}
