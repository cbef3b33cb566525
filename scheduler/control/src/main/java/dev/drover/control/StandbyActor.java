package dev.drover.control;

import dev.drover.persistence.read.ReadModel;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.id.PoolName;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * Reads on, second by second, what happens to the pools that other schedulers look after, so that one that comes here has little left to
 * read, and code that is warm to read it with.
 *
 * <p>What can't be read on is tried again in the next round, and what can't be read at all, as by an older version, after {@link #REST}. Beyond {@link #MAX_POOLS}, pools are not followed and come back from their
 * snapshots.
 */
final class StandbyActor extends AbstractBehavior<StandbyActor.Message> {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration REST = Duration.ofMinutes(1);

    /** Each costs a look at the database a second. */
    private static final int MAX_POOLS = 64;

    private final TimerScheduler<Message> timers;
    private final Around around;
    private final Standby standby;
    private final Cluster cluster;
    private final JournalReader journal;
    private final Deque<PoolName> left = new ArrayDeque<>();
    private Optional<PoolName> reading = Optional.empty();

    private StandbyActor(ActorContext<Message> context, TimerScheduler<Message> timers, Around around) {
        super(context);
        this.timers = timers;
        this.around = around;
        this.standby = Standby.of(Adapter.toClassic(context.getSystem()));
        this.cluster = Cluster.get(context.getSystem());
        this.journal = new JournalReader(context.getSystem());
        pause();
    }

    /** What it is told. */
    sealed interface Message {}

    private record Round() implements Message {}

    /** A pool that could not be read may be tried again. */
    private record Rested() implements Message {}

    private record Pools(List<PoolName> all) implements Message {}

    /** A pool was read as a whole. */
    private record Read(PoolName pool, Standby.Held held) implements Message {}

    /** What was read further of a pool; empty where that was not possible. */
    private record Further(PoolName pool, Optional<List<JournalReader.Kept>> events) implements Message {}

    /** What it needs. */
    record Around(ReadModel readModel, Standing standing, Executor executor) {}

    static Behavior<Message> create(Around around) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new StandbyActor(context, timers, around)));
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Round.class, ignored -> onRound())
                .onMessage(Pools.class, this::onPools)
                .onMessage(Read.class, this::onRead)
                .onMessage(Further.class, this::onFurther)
                .onMessage(Rested.class, ignored -> this)
                .onSignal(Terminated.class, ignored -> onReaderEnded())
                .build();
    }

    private void pause() {
        timers.startSingleTimer(new Round(), PAUSE);
    }

    private Behavior<Message> onRound() {
        getContext()
                .pipeToSelf(
                        CompletableFuture.supplyAsync(() -> around.readModel().pools(), around.executor()),
                        (all, failure) -> new Pools(failure == null ? all : List.of()));
        return this;
    }

    private Behavior<Message> onPools(Pools pools) {
        pools.all().stream().limit(MAX_POOLS).forEach(left::add);
        return next();
    }

    private Behavior<Message> next() {
        reading = Optional.ofNullable(left.poll());
        if (reading.isEmpty()) {
            pause();
            return this;
        }
        PoolName pool = reading.get();
        String id = PoolActor.persistenceIdOf(pool).id();
        if (around.standing().holds(pool)) {
            standby.drop(id);
            return next();
        }
        // To read what comes here already would double what it costs just then.
        if (isAlone() || around.standing().awaits(pool) || timers.isTimerActive(pool)) {
            return next();
        }
        standby.get(id).ifPresentOrElse(held -> readFurther(pool, held), () -> readAll(pool));
        return this;
    }

    /** Nothing runs elsewhere, as far as is known here. */
    private boolean isAlone() {
        Address self = cluster.selfMember().address();
        for (Member member : cluster.state().getMembers()) {
            if (!member.address().equals(self)) {
                return false;
            }
        }
        return true;
    }

    private void readAll(PoolName pool) {
        var self = getContext().getSelf();
        Adapter.watch(
                getContext(),
                Adapter.actorOf(getContext(), PoolReader.props(pool, held -> self.tell(new Read(pool, held)))));
    }

    private void readFurther(PoolName pool, Standby.Held held) {
        getContext()
                .pipeToSelf(
                        journal.read(pool, held.sequence() + 1),
                        (events, failure) ->
                                new Further(pool, failure == null ? Optional.of(events) : Optional.empty()));
    }

    /** The next may be read, whether the reader told anything or not. */
    private Behavior<Message> onReaderEnded() {
        reading.filter(pool -> standby.get(PoolActor.persistenceIdOf(pool).id()).isEmpty())
                .ifPresent(pool -> timers.startSingleTimer(pool, new Rested(), REST));
        return next();
    }

    private Behavior<Message> onRead(Read read) {
        if (!around.standing().holds(read.pool())) {
            standby.put(PoolActor.persistenceIdOf(read.pool()).id(), read.held());
        }
        return this;
    }

    private Behavior<Message> onFurther(Further further) {
        String id = PoolActor.persistenceIdOf(further.pool()).id();
        Optional<Standby.Held> held = standby.get(id);
        if (held.isPresent() && further.events().isPresent()) {
            after(held.get(), further.events().get())
                    .ifPresentOrElse(newer -> standby.put(id, newer), () -> standby.drop(id));
        }
        return next();
    }

    /** Empty where the journal has deleted what comes next: then it is read anew, from a snapshot. */
    private static Optional<Standby.Held> after(Standby.Held held, List<JournalReader.Kept> events) {
        PoolState state = held.state();
        long sequence = held.sequence();
        for (JournalReader.Kept kept : events) {
            if (kept.sequence() != sequence + 1) {
                return Optional.empty();
            }
            state = state.apply(kept.event());
            sequence = kept.sequence();
        }
        return Optional.of(new Standby.Held(state, sequence));
    }
}
