package dev.drover.control;

import dev.drover.protocol.id.PoolName;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/** What one scheduler does at the moment, for the others and for operators to see. */
final class Standing {
    private final Set<PoolName> coming = ConcurrentHashMap.newKeySet();
    private final Set<PoolName> pools = ConcurrentHashMap.newKeySet();
    private volatile IntSupplier agents = () -> 0;

    /** A pool is to be looked after here, and is read from its journal. */
    void comes(PoolName pool) {
        coming.add(pool);
    }

    /** It is looked after here. */
    void began(PoolName pool) {
        pools.add(pool);
        coming.remove(pool);
    }

    /** It is no more. */
    void ended(PoolName pool) {
        pools.remove(pool);
        coming.remove(pool);
    }

    void countAgentsBy(IntSupplier count) {
        agents = count;
    }

    boolean holds(PoolName pool) {
        return pools.contains(pool);
    }

    boolean awaits(PoolName pool) {
        return coming.contains(pool);
    }

    Set<PoolName> pools() {
        return Set.copyOf(pools);
    }

    int agents() {
        return agents.getAsInt();
    }
}
