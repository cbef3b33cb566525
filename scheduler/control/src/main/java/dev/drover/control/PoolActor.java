package dev.drover.control;

import dev.drover.planning.PoolDecider;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.id.PoolName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.RecoveryFailed;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * A pool's journal around the planning code: decides a batch in order, persists its events as one list, and tells its front
 * what came of it once they are durable. It decides nothing itself and does nothing outside.
 *
 * <p>What it has observed is lost with it; a recovered pool starts with no observations, and so with new leases.
 */
final class PoolActor extends EventSourcedBehavior<PoolActor.Batch, PoolEvent, PoolState> {
    static final int SNAPSHOT_EVERY_EVENTS = 5_000;
    static final int SNAPSHOTS_KEPT = 2;

    private final ActorContext<Batch> context;
    private final PoolName pool;
    private final PoolDecider decider;
    private final InstantSource clock;
    private final ActorRef<PoolFrontActor.Message> front;
    private Observations seen;

    private PoolActor(
            ActorContext<Batch> context,
            PoolName pool,
            PoolDecider decider,
            InstantSource clock,
            ActorRef<PoolFrontActor.Message> front) {
        super(
                persistenceId(pool),
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(10), 0.1));
        this.context = context;
        this.pool = pool;
        this.decider = decider;
        this.clock = clock;
        this.front = front;
        this.seen = Observations.startingAt(clock.instant());
    }

    /** Requests to decide in order and to persist as one. The next batch comes when this one is settled. */
    record Batch(List<Request> requests) {}

    static Behavior<Batch> create(
            PoolName pool, PoolDecider decider, InstantSource clock, ActorRef<PoolFrontActor.Message> front) {
        return Behaviors.setup(context -> new PoolActor(context, pool, decider, clock, front));
    }

    static PersistenceId persistenceId(PoolName pool) {
        return PersistenceId.of("pool", pool.value());
    }

    @Override
    public PoolState emptyState() {
        return PoolState.EMPTY;
    }

    @Override
    public CommandHandler<Batch, PoolEvent, PoolState> commandHandler() {
        return this::onBatch;
    }

    @Override
    public EventHandler<PoolState, PoolEvent> eventHandler() {
        return PoolState::apply;
    }

    @Override
    public SignalHandler<PoolState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), this::onRecovered)
                .onSignal(RecoveryFailed.class, (state, failed) -> onRecoveryFailed(failed.getFailure()))
                .build();
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(SNAPSHOT_EVERY_EVENTS, SNAPSHOTS_KEPT)
                .withDeleteEventsOnSnapshot();
    }

    private Effect<PoolEvent, PoolState> onBatch(PoolState state, Batch batch) {
        Turn turn = Turn.take(decider, state, seen, batch.requests(), clock.instant());
        seen = turn.seen();
        if (turn.events().isEmpty()) {
            settled(state, turn);
            return Effect().none();
        }
        return Effect().persist(turn.events()).thenRun(after -> settled(after, turn));
    }

    private void settled(PoolState state, Turn turn) {
        front.tell(new PoolFrontActor.Settled(state, turn, lastSequenceNumber(context)));
    }

    private void onRecovered(PoolState state) {
        seen = Observations.startingAt(clock.instant());
        front.tell(new PoolFrontActor.Recovered(state, seen));
    }

    /** To go on with less than was remembered would be a guess, and could end healthy work. */
    private void onRecoveryFailed(Throwable cause) {
        context.getLog()
                .error(
                        "pool {} can't be recovered and answers nothing until it is; its nodes train on by themselves, and"
                                + " nothing is ended. It is tried again and again; docs/OPERATIONS.md, \"A pool that does"
                                + " not come back\", says what to do. Cause: {}",
                        pool,
                        cause.getMessage());
    }
}
