package dev.drover.control;

import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The newest offers seen, for whoever must know what an instance of a market has. */
final class Offers {
    private volatile Map<Market, Offer> newest = Map.of();

    void seen(List<Offer> offers) {
        newest = offers.stream().collect(Collectors.toUnmodifiableMap(Offer::market, Function.identity(), (a, b) -> b));
    }

    Optional<Resources> resources(Market market) {
        return Optional.ofNullable(newest.get(market)).map(Offer::resources);
    }
}
