package dev.drover.cloud.local;

import dev.drover.protocol.market.Market;
import dev.drover.protocol.money.Money;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What each market costs and holds at any moment: a pure function of catalog, seed, traces, overrides and time. */
final class MarketBoard {
    private static final int PRICE_DECIMALS = 5;

    private final Catalog catalog;
    private final Instant epoch;
    private final Map<Market, SteppedSeries> prices = new HashMap<>();
    private final Map<Market, SteppedSeries> capacities = new HashMap<>();

    /** @param traces the series read for {@code catalog.traces()}, in its order */
    MarketBoard(Catalog catalog, long seed, Instant epoch, List<TraceSeries> traces) {
        this.catalog = catalog;
        this.epoch = epoch;
        for (Market market : catalog.markets()) {
            if (market.isSpot()) {
                prices.put(
                        market, trace(Catalog.Series.PRICE, market, traces).orElseGet(() -> seededPrice(market, seed)));
                capacities.put(
                        market,
                        trace(Catalog.Series.CAPACITY, market, traces).orElseGet(() -> seededCapacity(market, seed)));
            }
        }
    }

    /** Reads the catalog's traces; a relative file is looked for beside {@code base}. */
    static MarketBoard read(Catalog catalog, long seed, Instant epoch, Path base) throws IOException {
        List<TraceSeries> traces = new java.util.ArrayList<>();
        for (Catalog.Trace trace : catalog.traces()) {
            traces.add(TraceSeries.read(base.resolve(trace.file()), trace.speed()));
        }
        return new MarketBoard(catalog, seed, epoch, traces);
    }

    boolean offers(Market market) {
        return catalog.markets().contains(market);
    }

    Money price(Market market, Instant at, List<PriceOverride> overrides) {
        for (PriceOverride override : overrides.reversed()) {
            if (override.holds(market, at)) {
                return override.pricePerHour();
            }
        }
        SteppedSeries series = prices.get(market);
        Money onDemand = onDemand(market);
        return series == null
                ? onDemand
                : new Money(
                        BigDecimal.valueOf(series.at(elapsed(at))).setScale(PRICE_DECIMALS, RoundingMode.HALF_UP),
                        onDemand.currency());
    }

    /** The first moment after {@code at} at which the price may differ; {@link Instant#MAX} for never. */
    Instant nextPriceChange(Market market, Instant at, List<PriceOverride> overrides) {
        SteppedSeries series = prices.get(market);
        Instant next = Instant.MAX;
        if (series != null) {
            long steps = elapsed(at).dividedBy(series.step()) + 1;
            next = epoch.plus(series.step().multipliedBy(steps));
        }
        for (PriceOverride override : overrides) {
            if (override.markets().matches(market)) {
                next = earlierAfter(at, override.from(), next);
                Instant until = override.until();
                next = until == null ? next : earlierAfter(at, until, next);
            }
        }
        return next;
    }

    /** How many instances may run in the market; on demand has no bound of its own but the quota. */
    int capacity(Market market, Instant at, List<CapacityOverride> overrides) {
        return override(market, overrides).map(CapacityOverride::capacity).orElseGet(() -> {
            SteppedSeries series = capacities.get(market);
            return series == null ? Integer.MAX_VALUE : (int) Math.round(series.at(elapsed(at)));
        });
    }

    /** What an eviction from the market gives in advance. */
    Duration notice(Market market, List<CapacityOverride> overrides) {
        return override(market, overrides)
                .flatMap(override -> Optional.ofNullable(override.notice()))
                .orElse(catalog.notice());
    }

    private static Optional<CapacityOverride> override(Market market, List<CapacityOverride> overrides) {
        return overrides.reversed().stream()
                .filter(override -> override.markets().matches(market))
                .findFirst();
    }

    private static Instant earlierAfter(Instant at, Instant candidate, Instant best) {
        return candidate.isAfter(at) && candidate.isBefore(best) ? candidate : best;
    }

    /** A clock set back before the epoch reads as the epoch. */
    private Duration elapsed(Instant at) {
        return at.isBefore(epoch) ? Duration.ZERO : Duration.between(epoch, at);
    }

    private Optional<SteppedSeries> trace(Catalog.Series wanted, Market market, List<TraceSeries> traces) {
        for (int i = 0; i < traces.size(); i++) {
            Catalog.Trace trace = catalog.traces().get(i);
            if (trace.series() == wanted && new MarketFilter(null, trace.zone(), trace.type(), null).matches(market)) {
                return Optional.of(traces.get(i));
            }
        }
        return Optional.empty();
    }

    private SeededSeries seededPrice(Market market, long seed) {
        double onDemand = onDemand(market).amount().doubleValue();
        return new SeededSeries(
                SeededSeries.seedFor(seed, "price " + market),
                onDemand * catalog.spot().lowestShare(),
                onDemand * catalog.spot().highestShare(),
                catalog.tick());
    }

    private SeededSeries seededCapacity(Market market, long seed) {
        return new SeededSeries(
                SeededSeries.seedFor(seed, "capacity " + market),
                catalog.spot().leastCapacity(),
                catalog.spot().mostCapacity(),
                catalog.tick());
    }

    private Money onDemand(Market market) {
        return catalog.type(market.instanceType())
                .orElseThrow(() -> new IllegalArgumentException("market " + market + " is not in the catalog"))
                .onDemandPerHour();
    }
}
