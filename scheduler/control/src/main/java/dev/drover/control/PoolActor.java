package dev.drover.control;

import dev.drover.planning.PoolDecider;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.id.PoolName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.apache.pekko.actor.OneForOneStrategy;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.SupervisorStrategy;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.japi.pf.DeciderBuilder;
import org.apache.pekko.pattern.BackoffOpts;
import org.apache.pekko.pattern.BackoffSupervisor;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.persistence.DeleteMessagesFailure;
import org.apache.pekko.persistence.DeleteMessagesSuccess;
import org.apache.pekko.persistence.DeleteSnapshotsFailure;
import org.apache.pekko.persistence.DeleteSnapshotsSuccess;
import org.apache.pekko.persistence.RecoveryCompleted;
import org.apache.pekko.persistence.SaveSnapshotFailure;
import org.apache.pekko.persistence.SaveSnapshotSuccess;
import org.apache.pekko.persistence.SnapshotOffer;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * A pool's journal around the planning code: decides a batch in order, persists its events as one list, and tells its front
 * what came of it once they are durable. It decides nothing itself and does nothing outside.
 *
 * <p>Snapshots are written beside that: no batch waits for one. One that fails is tried again after as many events as it took to
 * make it due. Where a write fails, another scheduler may have written: it stops, and comes back from the journal.
 *
 * <p>What it has observed is lost with it; a recovered pool starts with no observations, and so with new leases.
 */
final class PoolActor extends AbstractPersistentActor {
    private static final Logger LOG = LoggerFactory.getLogger(PoolActor.class);
    private static final Duration BACK_AFTER = Duration.ofMillis(200);
    private static final Duration BACK_AFTER_AT_MOST = Duration.ofSeconds(10);
    private static final double JITTER = 0.1;
    private static final OneForOneStrategy STOPPED_BY_ANYTHING = new OneForOneStrategy(
            DeciderBuilder.matchAny(ignored -> SupervisorStrategy.stop()).build());

    private final PoolName pool;
    private final PoolDecider decider;
    private final InstantSource clock;
    private final ActorRef<PoolFrontActor.Message> front;
    private final Snapshots snapshots = new Snapshots();
    private PoolState state = PoolState.EMPTY;
    private Observations seen;

    private PoolActor(PoolName pool, PoolDecider decider, InstantSource clock, ActorRef<PoolFrontActor.Message> front) {
        this.pool = pool;
        this.decider = decider;
        this.clock = clock;
        this.front = front;
        this.seen = Observations.startingAt(clock.instant());
    }

    /** Requests to decide in order and to persist as one. The next batch comes when this one is settled. */
    record Batch(List<Request> requests) {}

    /** The actor under a supervisor that lets it come back again and again. */
    static Props props(
            PoolName pool, PoolDecider decider, InstantSource clock, ActorRef<PoolFrontActor.Message> front) {
        Props actor = Props.create(PoolActor.class, () -> new PoolActor(pool, decider, clock, front));
        return BackoffSupervisor.props(BackoffOpts.onStop(actor, "journal", BACK_AFTER, BACK_AFTER_AT_MOST, JITTER)
                .withSupervisorStrategy(STOPPED_BY_ANYTHING));
    }

    static PersistenceId persistenceIdOf(PoolName pool) {
        return PersistenceId.of("pool", pool.value());
    }

    @Override
    public String persistenceId() {
        return persistenceIdOf(pool).id();
    }

    @Override
    public Receive createReceiveRecover() {
        return receiveBuilder()
                .match(SnapshotOffer.class, this::onSnapshot)
                .match(PoolEvent.class, event -> state = state.apply(event))
                .match(RecoveryCompleted.class, ignored -> onRecovered())
                .build();
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder()
                .match(Batch.class, this::onBatch)
                .match(
                        SaveSnapshotSuccess.class,
                        saved -> onSaved(saved.metadata().sequenceNr()))
                .match(SaveSnapshotFailure.class, failed -> {
                    snapshots.failed();
                    LOG.warn("can't write a snapshot of pool {}, will retry", pool, failed.cause());
                })
                .match(DeleteMessagesFailure.class, failed -> notDeleted("events", failed.cause()))
                .match(DeleteSnapshotsFailure.class, failed -> notDeleted("snapshots", failed.cause()))
                .match(DeleteMessagesSuccess.class, ignored -> {})
                .match(DeleteSnapshotsSuccess.class, ignored -> {})
                .build();
    }

    private void onSnapshot(SnapshotOffer offer) {
        state = (PoolState) offer.snapshot();
        snapshots.found(offer.metadata().sequenceNr());
    }

    private void onRecovered() {
        seen = Observations.startingAt(clock.instant());
        front.tell(new PoolFrontActor.Recovered(state, seen));
    }

    private void onBatch(Batch batch) {
        Turn turn = Turn.take(decider, state, seen, batch.requests(), clock.instant());
        seen = turn.seen();
        persistAll(turn.events(), event -> state = state.apply(event));
        defer(turn, this::onDurable);
    }

    private void onDurable(Turn turn) {
        front.tell(new PoolFrontActor.Settled(state, turn, lastSequenceNr()));
        if (snapshots.due(lastSequenceNr(), state.jobs().size())) {
            saveSnapshot(state);
        }
    }

    private void onSaved(long sequence) {
        snapshots.saved(sequence).ifPresent(superfluous -> {
            deleteMessages(superfluous);
            deleteSnapshots(SnapshotSelectionCriteria.create(superfluous, Long.MAX_VALUE));
        });
    }

    /** The next snapshot's turn does it. */
    private void notDeleted(String what, Throwable cause) {
        LOG.warn("can't delete superfluous {} of pool {}, will retry", what, pool, cause);
    }

    /** To go on with less than was remembered would be a guess, and could end healthy work. */
    @Override
    public void onRecoveryFailure(Throwable cause, Option<Object> event) {
        LOG.error(
                "pool {} can't be recovered and answers nothing until it is; its nodes train on by themselves, and"
                        + " nothing is ended. It is tried again and again; docs/OPERATIONS.md, \"A pool that does"
                        + " not come back\", says what to do. Cause: {}",
                pool,
                cause.getMessage());
    }

    /** An event that can't be written must not pass for one that was. */
    @Override
    public void onPersistRejected(Throwable cause, Object event, long sequence) {
        throw new IllegalStateException("the journal takes no " + event + " of pool " + pool, cause);
    }
}
