package dev.drover.control;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.id.PoolName;
import java.util.function.Consumer;
import org.apache.pekko.actor.Props;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.persistence.RecoveryCompleted;
import org.apache.pekko.persistence.SnapshotOffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/** Reads a pool from its journal, tells what it read, and ends. Writes nothing. */
final class PoolReader extends AbstractPersistentActor {
    private static final Logger LOG = LoggerFactory.getLogger(PoolReader.class);

    private final PoolName pool;
    private final Consumer<Standby.Held> read;
    private PoolState state = PoolState.EMPTY;

    private PoolReader(PoolName pool, Consumer<Standby.Held> read) {
        this.pool = pool;
        this.read = read;
    }

    static Props props(PoolName pool, Consumer<Standby.Held> read) {
        return Props.create(PoolReader.class, () -> new PoolReader(pool, read));
    }

    @Override
    public String persistenceId() {
        return PoolActor.persistenceIdOf(pool).id();
    }

    @Override
    public Receive createReceiveRecover() {
        return receiveBuilder()
                .match(SnapshotOffer.class, offer -> state = (PoolState) offer.snapshot())
                .match(PoolEvent.class, event -> state = state.apply(event))
                .match(RecoveryCompleted.class, ignored -> {
                    read.accept(new Standby.Held(state, lastSequenceNr()));
                    getContext().stop(self());
                })
                .build();
    }

    @Override
    public Receive createReceive() {
        return emptyBehavior();
    }

    /** Whoever looks after the pool says what it is; here it only means that nothing is read ahead. */
    @Override
    public void onRecoveryFailure(Throwable cause, Option<Object> event) {
        LOG.debug("pool {} can't be read ahead: {}", pool, cause.toString());
    }
}
