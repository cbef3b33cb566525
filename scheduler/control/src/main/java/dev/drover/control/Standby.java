package dev.drover.control;

import dev.drover.planning.state.PoolState;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;

/**
 * The states of pools that another scheduler looks after, as of a moment ago: what {@link StandbyActor} has read, and
 * {@link StandbySnapshots} offers to a pool that comes here. Nothing but a copy of what the journal holds. Safe from any thread.
 */
final class Standby implements Extension {
    private static final Id ID = new Id();

    private final Map<String, Held> held = new ConcurrentHashMap<>();

    /** A state, and the number of the last event in it. */
    record Held(PoolState state, long sequence) {}

    static Standby of(ActorSystem system) {
        return ID.get(system);
    }

    Optional<Held> get(String persistenceId) {
        return Optional.ofNullable(held.get(persistenceId));
    }

    void put(String persistenceId, Held state) {
        held.put(persistenceId, state);
    }

    void drop(String persistenceId) {
        held.remove(persistenceId);
    }

    private static final class Id extends AbstractExtensionId<Standby> {
        @Override
        public Standby createExtension(ExtendedActorSystem system) {
            return new Standby();
        }
    }
}
