package dev.drover.planning.policy;

import dev.drover.protocol.market.Market;
import java.util.Optional;

/**
 * Where Uniform Progress and greedy launch: the cheapest open market outside the region that was lost last, if there is one,
 * else the cheapest open one; ties by listed order.
 */
final class CheapestElsewhere {
    private CheapestElsewhere() {}

    static Optional<Market> choose(Situation situation) {
        Optional<String> avoided = situation.lostLast().map(Market::region);
        Optional<Quote> best = Optional.empty();
        boolean bestAvoids = false;
        for (Quote quote : situation.spot()) {
            boolean avoids = avoided.filter(quote.market().region()::equals).isEmpty();
            boolean better = best.isEmpty()
                    || (avoids && !bestAvoids)
                    || (avoids == bestAvoids
                            && quote.pricePerHour() < best.get().pricePerHour());
            if (quote.open() && better) {
                best = Optional.of(quote);
                bestAvoids = avoids;
            }
        }
        return best.map(Quote::market);
    }
}
