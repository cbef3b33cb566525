package dev.drover.planning.input;

import dev.drover.planning.policy.Outlook;
import dev.drover.planning.policy.SpotExperience;
import dev.drover.planning.policy.Wish;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.market.Market;
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
 * @param experiences of the spot markets that jobs with a deadline wish for
 */
public record MarketHistory(
        Instant at, PMap<Market, Interruptions> interruptions, PMap<Wish, SpotExperience> experiences) {
    /** It grows no more often than this, so that a tick costs little. */
    public static final Duration GROWS_EVERY = Duration.ofMinutes(1);

    static MarketHistory startingAt(Instant now) {
        return new MarketHistory(now, TreePMap.empty(), HashTreePMap.empty());
    }

    MarketHistory interrupted(Market market) {
        return new MarketHistory(
                at,
                interruptions.plus(
                        market,
                        interruptions.getOrDefault(market, Interruptions.NONE).once()),
                experiences);
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
        return new MarketHistory(now, grown, Outlook.grown(experiences, state, seen, passed, now));
    }
}
