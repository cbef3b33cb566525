package dev.drover.planning.policy;

import dev.drover.planning.input.Observations;
import dev.drover.planning.state.Node;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Chooses where to buy. Pure; the live pool and the simulator call the same object. */
public interface CapacityPolicy {
    /** Which markets to try for a node that holds what is asked for at least once, or why none. */
    Choice choose(PoolSpec pool, Demand demand, Observations seen, Instant now);

    /**
     * What is better than to go on where the shard runs: markets to try in the node's place, or to wait on no node; nothing where
     * it stays.
     */
    Optional<Choice> reconsider(PoolSpec pool, Node held, Demand demand, Observations seen, Instant now);

    /**
     * The spot markets to try instead of where a shard runs, best first; never one of {@code shunned}, nor one that backs off.
     * Empty where there is none.
     */
    List<Market> spotElsewhere(PoolSpec pool, Demand demand, Set<Market> shunned, Observations seen, Instant now);

    /** What to do, and why. */
    sealed interface Choice {
        /** Try these, in order. */
        record Launch(List<Market> markets, Reason because) implements Choice {
            public Launch {
                markets = List.copyOf(markets);
            }

            /** All of a launch's markets are of one capacity type. */
            public boolean isSpot() {
                return markets.getFirst().isSpot();
            }
        }

        /** Nothing to try now. */
        record Wait(Reason because) implements Choice {}
    }
}
