package dev.drover.planning.policy;

import dev.drover.planning.input.Observations;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.pool.RungSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One rung as it stands now: its markets in the order of {@link Ranking}.
 *
 * @param need what a shard takes here
 * @param fitting what is sold this way and holds a shard
 * @param open of these, what is within the price cap, has not refused lately, is not about to answer, and is paid for
 * @param unpaid what is within the price cap, and beyond a budget
 * @param isSpentUp whether what would be bought here could pass the spend limit within one billing tick
 */
record Rung(
        RungSpec spec, Resources need, List<Offer> fitting, List<Offer> open, List<Offer> unpaid, boolean isSpentUp) {
    Rung {
        fitting = List.copyOf(fitting);
        open = List.copyOf(open);
        unpaid = List.copyOf(unpaid);
    }

    /** What was spent is known to this grain. */
    static final Duration BILLING_TICK = Duration.ofMinutes(1);

    static List<Rung> all(PoolSpec pool, Demand demand, Observations seen, Instant now) {
        return Ladder.of(pool, demand.ladder()).rungs().stream()
                .map(spec -> of(spec, pool, demand, seen, now))
                .toList();
    }

    private static Rung of(RungSpec spec, PoolSpec pool, Demand demand, Observations seen, Instant now) {
        Resources need = Ladder.needOn(spec, demand.need());
        List<Offer> sold = new ArrayList<>();
        for (Offer offer : seen.offers().values()) {
            if (isOf(spec, offer) && isOf(pool, offer) && offer.resources().slotsFor(need) > 0) {
                sold.add(offer);
            }
        }
        List<Offer> fitting = new Ranking(pool, need, seen).ranked(sold);
        List<Offer> open = new ArrayList<>();
        List<Offer> unpaid = new ArrayList<>();
        for (Offer offer : fitting) {
            if (isWithin(spec, offer)) {
                if (!isPaidFor(offer, need, demand)) {
                    unpaid.add(offer);
                } else if (isOpen(offer.market(), demand, seen, now)) {
                    open.add(offer);
                }
            }
        }
        return new Rung(spec, need, fitting, open, unpaid, isSpentUp(spec, open, demand.spent()));
    }

    static boolean isOf(PoolSpec pool, Offer offer) {
        return offer.market().provider().equals(pool.provider())
                && isIn(pool.zones(), offer.market().zone())
                && isIn(pool.instanceTypes(), offer.market().instanceType());
    }

    private static boolean isOf(RungSpec rung, Offer offer) {
        return offer.market().capacityType() == rung.capacityType()
                && isIn(rung.regions(), offer.market().region())
                && isIn(rung.zones(), offer.market().zone())
                && isIn(rung.instanceTypes(), offer.market().instanceType());
    }

    private static boolean isIn(List<String> listed, String name) {
        return listed.isEmpty() || listed.contains(name);
    }

    /** A price in another currency can't be held against the cap, so it is not within it. */
    private static boolean isWithin(RungSpec rung, Offer offer) {
        return rung.maxPrice()
                .filter(cap -> !cap.currency().equals(offer.pricePerHour().currency())
                        || offer.pricePerHour().isMoreThan(cap))
                .isEmpty();
    }

    /** What refused last is asked by one launch at a time: the others learn from its answer. */
    private static boolean isOpen(Market market, Demand demand, Observations seen, Instant now) {
        return !seen.isBackingOff(market, now)
                && !(seen.refusals().containsKey(market) && demand.asked().contains(market));
    }

    private static boolean isPaidFor(Offer offer, Resources need, Demand demand) {
        return demand.budgets().stream().allMatch(budget -> budget.covers(offer, need));
    }

    private static boolean isSpentUp(RungSpec rung, List<Offer> open, Map<CapacityType, Money> spent) {
        if (rung.spendLimit().isEmpty() || open.isEmpty()) {
            return false;
        }
        Money limit = rung.spendLimit().get();
        Money dearest =
                open.stream().map(Offer::pricePerHour).max(Money::compareTo).orElseThrow();
        Money soFar = spent.getOrDefault(rung.capacityType(), Money.zero(limit.currency()));
        return !dearest.currency().equals(limit.currency())
                || soFar.plus(dearest.perHourFor(BILLING_TICK)).isMoreThan(limit);
    }

    double pricePerSlot(Offer offer) {
        return offer.pricePerHour().amount().doubleValue() / offer.resources().slotsFor(need);
    }

    boolean isSpot() {
        return spec.capacityType() == CapacityType.SPOT;
    }

    /** The same, with that market first. */
    Rung startingWith(Market first) {
        List<Offer> sorted = open.stream()
                .sorted(Comparator.comparing((Offer offer) -> !offer.market().equals(first)))
                .toList();
        return new Rung(spec, need, fitting, sorted, unpaid, isSpentUp);
    }

    boolean isBuyable() {
        return !open.isEmpty() && !isSpentUp;
    }

    /** What its price cap leaves out. */
    List<Offer> tooDear() {
        return fitting.stream().filter(offer -> !isWithin(spec, offer)).toList();
    }

    List<Offer> affordable() {
        return spec.maxPrice().isEmpty()
                ? fitting
                : fitting.stream().filter(offer -> isWithin(spec, offer)).toList();
    }

    List<Market> openMarkets() {
        return open.stream().map(Offer::market).toList();
    }

    /** The first of {@code rungs} at which something can be bought that way. */
    static Optional<Rung> firstBuyable(List<Rung> rungs, CapacityType type) {
        return rungs.stream()
                .filter(rung -> rung.spec.capacityType() == type && rung.isBuyable())
                .findFirst();
    }
}
