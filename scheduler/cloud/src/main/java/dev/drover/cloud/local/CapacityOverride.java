package dev.drover.cloud.local;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A capacity set by hand.
 *
 * @param capacity of each matching market
 * @param notice for what it evicts; {@code null} for the catalog's
 */
record CapacityOverride(
        MarketFilter markets, int capacity, @Nullable Duration notice) {}
