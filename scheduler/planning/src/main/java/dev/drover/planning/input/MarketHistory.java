package dev.drover.planning.input;

import dev.drover.planning.policy.Outlook;
import dev.drover.planning.policy.SpotExperience;
import dev.drover.planning.policy.Wish;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * What was seen of the markets since the controller began to look: rates, not records.
 *
 * @param at when it last grew
 * @param startUp how long, of late, a node was paid for before what it was launched for made a step: a longer time counts at once, a
 *     shorter one by a quarter
 * @param experiences of the spot markets that jobs with a deadline wish for
 */
public record MarketHistory(
        Instant at,
        Duration startUp,
        PMap<Market, Interruptions> interruptions,
        PMap<Wish, SpotExperience> experiences) {
    /** It grows no more often than this, so that a tick costs little. */
    public static final Duration GROWS_EVERY = Duration.ofMinutes(1);

    private static final int STARTS_AVERAGED = 4;

    static MarketHistory startingAt(Instant now) {
        return new MarketHistory(now, Duration.ZERO, TreePMap.empty(), HashTreePMap.empty());
    }

    MarketHistory interrupted(Market market) {
        return new MarketHistory(
                at,
                startUp,
                interruptions.plus(
                        market,
                        interruptions.getOrDefault(market, Interruptions.NONE).once()),
                experiences);
    }

    MarketHistory started(Duration took) {
        Duration shorter = startUp.plus(took.minus(startUp).dividedBy(STARTS_AVERAGED));
        return new MarketHistory(at, took.compareTo(startUp) > 0 ? took : shorter, interruptions, experiences);
    }

    /** How long a launched node is taken to be paid for before it works: what the pool says, or what it took where that is longer. */
    public Duration changeover(PoolSpec pool) {
        Duration told = pool.switchBack().changeover();
        return startUp.compareTo(told) > 0 ? startUp : told;
    }

    /** After some time with the pool's nodes as they are. */
    MarketHistory grown(PoolState state, Observations seen, Instant now) {
        Duration passed = Duration.between(at, now);
        if (passed.compareTo(GROWS_EVERY) < 0) {
            return this;
        }
        Map<Market, Integer> nodes = new TreeMap<>();
        for (Node node : state.nodes().values()) {
            node.market().filter(Market::isSpot).ifPresent(market -> nodes.merge(market, 1, Integer::sum));
        }
        PMap<Market, Interruptions> grown = interruptions;
        for (Map.Entry<Market, Integer> held : nodes.entrySet()) {
            grown = grown.plus(
                    held.getKey(),
                    grown.getOrDefault(held.getKey(), Interruptions.NONE).after(passed, held.getValue()));
        }
        return new MarketHistory(now, startUp, grown, Outlook.grown(experiences, state, seen, passed, now));
    }
}
