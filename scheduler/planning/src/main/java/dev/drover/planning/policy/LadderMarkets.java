package dev.drover.planning.policy;

import dev.drover.planning.input.Interruptions;
import dev.drover.planning.input.Observations;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PoolSpec;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a shard may be bought on, as it stands now: all of one currency, within the price caps and spend limits.
 *
 * @param spot in the order of the ladder, each market once; the first {@value #MOST_SPOT}
 * @param onDemand the first on its rung, with what a shard pays there an hour
 * @param experience what was seen of the spot markets, this moment included; what is concluded from it is settled now
 */
public record LadderMarkets(
        List<Place> spot, Optional<Place> onDemand, SpotExperience experience, Observations seen, PoolSpec pool) {
    /** The more there are, the less one more adds to a forecast but time. */
    private static final int MOST_SPOT = 12;

    private static final MathContext DIGITS = new MathContext(6);

    public LadderMarkets {
        spot = List.copyOf(spot);
        experience = experience.revised();
    }

    /**
     * One market of the ladder.
     *
     * @param rung its number; what is open on a rung hides what comes after it
     * @param slots how many shards a node holds
     * @param pricePerHour of one slot
     */
    public record Place(Offer offer, int rung, int slots, double pricePerHour, boolean open) {
        Quote quote(boolean nowOpen) {
            return new Quote(offer.market(), pricePerHour, nowOpen);
        }

        public static Place of(Offer offer, int rung, int slots, boolean open) {
            return new Place(offer, rung, slots, offer.pricePerHour().amount().doubleValue() / slots, open);
        }

        public Market market() {
            return offer.market();
        }
    }

    public static LadderMarkets of(PoolSpec pool, Demand demand, Observations seen, Instant now) {
        List<Rung> rungs = Rung.all(pool, demand, seen, now);
        Optional<Place> onDemand = places(rungs, seen).stream()
                .filter(place -> !place.market().isSpot())
                .findFirst();
        List<Place> spot = places(rungs, seen).stream()
                .filter(place -> place.market().isSpot())
                .toList();
        Optional<String> currency = onDemand.or(() -> spot.stream().findFirst())
                .map(place -> place.offer().pricePerHour().currency());
        List<Place> comparable = spot.stream()
                .filter(place ->
                        currency.equals(Optional.of(place.offer().pricePerHour().currency())))
                .limit(MOST_SPOT)
                .toList();
        return new LadderMarkets(comparable, onDemand, Outlook.experience(demand.wish(), rungs, seen, now), seen, pool);
    }

    private static List<Place> places(List<Rung> rungs, Observations seen) {
        List<Place> places = new ArrayList<>();
        Set<Market> known = new HashSet<>();
        for (int number = 0; number < rungs.size(); number++) {
            Rung rung = rungs.get(number);
            for (Offer offer : rung.isSpentUp() ? List.<Offer>of() : rung.affordable()) {
                if (known.add(offer.market())) {
                    boolean open = !seen.refusals().containsKey(offer.market());
                    places.add(Place.of(offer, number, offer.resources().slotsFor(rung.need()), open));
                }
            }
        }
        return places;
    }

    public boolean isEmpty() {
        return spot.isEmpty() && onDemand.isEmpty();
    }

    /** Of all these prices. */
    public String currency() {
        return onDemand.or(() -> spot.stream().findFirst())
                .map(place -> place.offer().pricePerHour().currency())
                .orElse("USD");
    }

    /** How many shards the largest node holds. */
    public int mostPerNode() {
        return Stream.concat(spot.stream(), onDemand.stream())
                .mapToInt(Place::slots)
                .max()
                .orElse(0);
    }

    /** The spot market that comes first now, or would if any were open. */
    public Optional<Place> firstSpot() {
        return spot.stream()
                .filter(Place::open)
                .findFirst()
                .or(() -> spot.stream().findFirst());
    }

    /** The least that a shard pays an hour, on whatever may be open some time. */
    double leastPerHour() {
        double least = spot.stream().mapToDouble(Place::pricePerHour).min().orElse(Double.POSITIVE_INFINITY);
        return Math.min(least, onDemand.map(Place::pricePerHour).orElse(Double.POSITIVE_INFINITY));
    }

    int indexOf(Market market) {
        return spot.stream().map(Place::market).toList().indexOf(market);
    }

    /** Whether a deadline is in the hands of the pool's purchase policy. */
    public boolean isPaced() {
        return pool.mode() == CapacityMode.SPOT_WITH_FALLBACK && !spot.isEmpty() && onDemand.isPresent();
    }

    /** What a shard does that no purchase policy paces. */
    LadderRule rule() {
        Duration patience = spot.isEmpty() ? Duration.ZERO : pool.buying().fallbackAfter();
        Set<Market> worthReturning = spot.stream()
                .filter(place -> onDemand.filter(dear -> LadderPolicy.pays(
                                place.offer().pricePerHour(), dear.offer().pricePerHour(), pool, seen))
                        .isPresent())
                .map(Place::market)
                .collect(Collectors.toSet());
        return new LadderRule(onDemand.map(any -> patience), worthReturning);
    }

    /** What futures are drawn from. */
    public record Basis(double hoursSeen, int interruptions, double nodeHours) {
        public boolean isPriorOnly() {
            return hoursSeen == 0 && nodeHours == 0 && interruptions == 0;
        }
    }

    public Basis basis() {
        int interruptions = 0;
        double nodeHours = 0;
        for (Place place : spot) {
            Interruptions known = interruptions(place.market());
            interruptions += known.times();
            nodeHours += Ages.hours(known.nodeTime());
        }
        return new Basis(experience.hoursSeen(), interruptions, nodeHours);
    }

    Interruptions interruptions(Market market) {
        return seen.history().interruptions().getOrDefault(market, Interruptions.NONE);
    }

    /** An amount in the currency of these prices, to six digits. */
    public Money money(double amount) {
        return new Money(new BigDecimal(amount).round(DIGITS), currency());
    }
}
