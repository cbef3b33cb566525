package dev.drover.planning.policy;

import dev.drover.planning.input.Interruptions;
import dev.drover.planning.input.Observations;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Orders the markets of a rung: the pool's order of zones, then of types, then what a slot is expected to cost an hour, then the
 * name.
 *
 * <p>{@code cost = price / slots x (1 + interruptions per hour x changeover in hours)}: an interruption is paid for as the time that
 * it takes to go on elsewhere.
 */
record Ranking(PoolSpec pool, Resources need, Observations seen) {
    /** An offer with what decides on its place. */
    private record Placed(Offer offer, int zone, int type, double cost) implements Comparable<Placed> {
        private static final Comparator<Placed> ORDER = Comparator.comparingInt(Placed::zone)
                .thenComparingInt(Placed::type)
                .thenComparingDouble(Placed::cost)
                .thenComparing(placed -> placed.offer().market());

        @Override
        public int compareTo(Placed other) {
            return ORDER.compare(this, other);
        }
    }

    /** The offers, best first. */
    List<Offer> ranked(List<Offer> offers) {
        List<Placed> ranked = new ArrayList<>(offers.size());
        for (Offer offer : offers) {
            int zone = pool.zones().indexOf(offer.market().zone());
            int type = pool.instanceTypes().indexOf(offer.market().instanceType());
            ranked.add(new Placed(offer, zone, type, costPerSlotHour(offer)));
        }
        Collections.sort(ranked);
        List<Offer> best = new ArrayList<>(ranked.size());
        ranked.forEach(placed -> best.add(placed.offer()));
        return best;
    }

    /** In the offer's currency. */
    private double costPerSlotHour(Offer offer) {
        double interruptions = offer.market().isSpot() ? interruptionsPerHour(offer.market()) : 0;
        double pricePerSlot =
                offer.pricePerHour().amount().doubleValue() / offer.resources().slotsFor(need);
        return pricePerSlot * (1 + interruptions * hours(seen.history().changeover(pool)));
    }

    /** Time that the cloud protects from each launch on stretches what is between two interruptions. */
    private double interruptionsPerHour(Market market) {
        Observations.Refused refused = seen.refusals().get(market);
        double unprotected = seen.history()
                .interruptions()
                .getOrDefault(market, Interruptions.NONE)
                .perHour(refused == null ? 0 : refused.count());
        return unprotected / (1 + unprotected * hours(pool.buying().protectedTime()));
    }

    private static double hours(Duration time) {
        return time.toMillis() / 3_600_000.0;
    }
}
