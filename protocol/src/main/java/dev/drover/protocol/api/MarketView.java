package dev.drover.protocol.api;

import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import java.time.Instant;
import java.util.Optional;

/** A market as the pool sees it: its price, and whether the pool is leaving it alone for a while. */
public record MarketView(
        Market market,
        Money pricePerHour,
        Resources resources,
        boolean used,
        Optional<Refusal> lastRefusal,
        Optional<Instant> backingOffUntil) {}
