package dev.drover.cloud.local;

import dev.drover.protocol.market.Market;
import dev.drover.protocol.money.Money;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A price set by hand. Kept after it was set back for as long as something that lived under it may be billed.
 *
 * @param until exclusive; {@code null} while it holds
 */
record PriceOverride(
        MarketFilter markets,
        Money pricePerHour,
        Instant from,
        @Nullable Instant until) {
    boolean holds(Market market, Instant at) {
        return markets.matches(market) && !at.isBefore(from) && (until == null || at.isBefore(until));
    }

    PriceOverride endedAt(Instant end) {
        return until == null ? new PriceOverride(markets, pricePerHour, from, end) : this;
    }
}
