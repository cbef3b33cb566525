package dev.drover.planning.policy;

import dev.drover.planning.input.Observations;
import dev.drover.planning.state.Node;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.pool.SwitchBackSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Climbs the {@link Ladder}: the first rung that has an open market, spot before on demand, and on demand only once spot was
 * missed for as long as the pool says. A launch names markets of one rung only, in the order of {@link Ranking}, so that each step
 * down is a decision of its own, with its reason.
 */
public final class LadderPolicy implements CapacityPolicy {
    @Override
    public Choice choose(PoolSpec pool, Demand demand, Observations seen, Instant now) {
        if (seen.offers().isEmpty()) {
            return new Choice.Wait(Explanations.noOffers(pool));
        }
        List<Rung> rungs = Rung.all(pool, demand, seen, now);
        if (rungs.stream().allMatch(rung -> rung.fitting().isEmpty())) {
            return new Choice.Wait(Explanations.nothingFits(pool, demand, seen));
        }
        Optional<Rung> spot = Rung.firstBuyable(rungs, CapacityType.SPOT);
        if (spot.isPresent()) {
            return new Choice.Launch(spot.get().openMarkets(), Explanations.spot(spot.get(), rungs));
        }
        Optional<Rung> onDemand = Rung.firstBuyable(rungs, CapacityType.ON_DEMAND);
        if (onDemand.isEmpty()) {
            return new Choice.Wait(Explanations.nothingToBuy(pool, rungs, demand, seen, now));
        }
        Optional<Instant> fallbackFrom = fallbackFrom(pool, demand, rungs, seen, now);
        if (fallbackFrom.filter(now::isBefore).isPresent()) {
            return new Choice.Wait(Explanations.awaitsFallback(pool, fallbackFrom.get()));
        }
        Offer best = onDemand.get().open().getFirst();
        Reason because =
                pool.mode() == CapacityMode.ON_DEMAND ? Explanations.onDemandMode(best) : Explanations.fallback(best);
        return new Choice.Launch(onDemand.get().openMarkets(), because);
    }

    /** When spot was missed for long enough: since the last of its markets refused, and since the shard came to wait. */
    private static Optional<Instant> fallbackFrom(
            PoolSpec pool, Demand demand, List<Rung> rungs, Observations seen, Instant now) {
        Duration patience = pool.buying().fallbackAfter();
        List<Market> spot = rungs.stream()
                .filter(Rung::isSpot)
                .flatMap(rung -> rung.affordable().stream())
                .map(Offer::market)
                .toList();
        if (patience.isZero() || spot.isEmpty()) {
            return Optional.empty();
        }
        Instant gone = spot.stream()
                .map(market -> Optional.ofNullable(seen.refusals().get(market))
                        .map(Observations.Refused::since)
                        .orElse(now))
                .max(Comparator.naturalOrder())
                .orElse(now);
        Instant waits = demand.waitsSince().orElse(now);
        return Optional.of((waits.isAfter(gone) ? waits : gone).plus(patience));
    }

    @Override
    public Optional<Choice.Launch> switchBack(
            PoolSpec pool, Node onDemand, Demand demand, Observations seen, Instant now) {
        SwitchBackSpec rule = pool.switchBack();
        boolean tooEarly = now.isBefore(onDemand.since().plus(rule.after()));
        if (pool.mode() != CapacityMode.SPOT_WITH_FALLBACK
                || onDemand.isSpot()
                || tooEarly
                || onDemand.instance().isEmpty()) {
            return Optional.empty();
        }
        Money dear = onDemand.instance().get().pricePerHour();
        return Rung.all(pool, demand, seen, now).stream()
                .filter(rung -> rung.isSpot() && rung.isBuyable())
                .map(rung -> rung.open().stream()
                        .filter(offer -> pays(offer.pricePerHour(), dear, rule))
                        .toList())
                .filter(worthIt -> !worthIt.isEmpty())
                .findFirst()
                .map(worthIt -> new Choice.Launch(
                        worthIt.stream().map(Offer::market).toList(),
                        Explanations.switchBack(worthIt.getFirst(), dear)));
    }

    /** The saving over the horizon exceeds the changeover, during which both are paid for. */
    private static boolean pays(Money spot, Money onDemand, SwitchBackSpec rule) {
        if (!spot.currency().equals(onDemand.currency())) {
            return false;
        }
        Money saving = onDemand.minus(spot).perHourFor(rule.horizon());
        Money changeover = onDemand.plus(spot).perHourFor(rule.changeover());
        return saving.isMoreThan(changeover);
    }
}
