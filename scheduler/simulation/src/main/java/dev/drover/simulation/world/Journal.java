package dev.drover.simulation.world;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.state.PoolState;
import java.util.ArrayList;
import java.util.List;

/** What survives a controller: the last snapshot and the events since, as the persistent actor keeps them. */
final class Journal {
    static final int SNAPSHOT_EVERY_EVENTS = 500;

    private PoolState snapshot = PoolState.EMPTY;
    private final List<PoolEvent> since = new ArrayList<>();

    void persist(List<PoolEvent> events, PoolState after) {
        since.addAll(events);
        if (since.size() >= SNAPSHOT_EVERY_EVENTS) {
            snapshot = after;
            since.clear();
        }
    }

    PoolState refold() {
        return reread(snapshot).applyAll(since);
    }

    /** A snapshot holds the remembered parts only; what is derived from them is derived anew. */
    private static PoolState reread(PoolState state) {
        return PoolState.of(
                state.spec(),
                state.paused(),
                state.nodes(),
                state.jobs(),
                state.order(),
                state.jobsSubmitted(),
                state.archived(),
                state.nodesRequested(),
                state.ledger());
    }
}
