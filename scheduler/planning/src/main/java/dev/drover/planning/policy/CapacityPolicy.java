package dev.drover.planning.policy;

import dev.drover.planning.input.Observations;
import dev.drover.planning.state.Node;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Chooses where to buy. Pure; the live pool and the simulator call the same object. */
public interface CapacityPolicy {
    /** Which markets to try for a node that holds what is asked for at least once, or why none. */
    Choice choose(PoolSpec pool, Demand demand, Observations seen, Instant now);

    /** Which spot markets to try in place of a node bought on demand, if it is time and it pays. */
    Optional<Choice.Launch> switchBack(PoolSpec pool, Node onDemand, Demand demand, Observations seen, Instant now);

    /** What to do, and why. */
    sealed interface Choice {
        /** Try these, in order. */
        record Launch(List<Market> markets, Reason because) implements Choice {
            public Launch {
                markets = List.copyOf(markets);
            }
        }

        /** Nothing to try now. */
        record Wait(Reason because) implements Choice {}
    }
}
