package dev.drover.planning.policy;

import dev.drover.planning.input.Observations;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** The markets of a ladder as a {@link PurchasePolicy} sees them. */
public final class Outlook {
    private Outlook() {}

    /**
     * What the shard is to be decided on; absent where there is no spot to wait for, or nothing on demand to fall back on.
     *
     * @param held what the shard runs on and would go on with
     */
    static Optional<Situation> situation(
            Pace pace, Wish wish, Holding held, List<Rung> rungs, Observations seen, Instant now) {
        Optional<Offer> onDemand = rungs.stream()
                .filter(rung -> !rung.isSpot() && !rung.isSpentUp())
                .flatMap(rung -> rung.affordable().stream())
                .findFirst();
        boolean hasSpot = rungs.stream()
                .anyMatch(rung -> rung.isSpot() && !rung.affordable().isEmpty());
        return onDemand.filter(offer -> hasSpot)
                .map(offer -> new Situation(
                        pace.elapsed(),
                        pace.deadline(),
                        pace.done(),
                        pace.work(),
                        pace.changeover(),
                        pace.tick(),
                        held,
                        quotes(rungs, offer.pricePerHour().currency(), held),
                        perSlot(offer, rungs),
                        pace.lostLast(),
                        experience(wish, rungs, seen, now)));
    }

    /** A rung is open only while none before it is: the ladder's order comes before any price. */
    private static List<Quote> quotes(List<Rung> rungs, String currency, Holding held) {
        Optional<Rung> first = Rung.firstBuyable(rungs, CapacityType.SPOT);
        List<Quote> quotes = new ArrayList<>();
        Set<Market> quoted = new HashSet<>();
        for (Rung rung : rungs) {
            for (Offer offer : rung.isSpot() ? rung.affordable() : List.<Offer>of()) {
                boolean isHeld =
                        held instanceof Holding.Spot(Market market, Duration ignored) && market.equals(offer.market());
                boolean open = isHeld
                        || first.filter(buyable -> buyable.open().contains(offer))
                                .isPresent();
                if (offer.pricePerHour().currency().equals(currency) && quoted.add(offer.market())) {
                    quotes.add(new Quote(offer.market(), rung.pricePerSlot(offer), open));
                }
            }
        }
        return quotes;
    }

    private static double perSlot(Offer onDemand, List<Rung> rungs) {
        return rungs.stream()
                .filter(rung -> rung.affordable().contains(onDemand))
                .findFirst()
                .orElseThrow()
                .pricePerSlot(onDemand);
    }

    static SpotExperience experience(Wish wish, List<Rung> rungs, Observations seen, Instant now) {
        return seen.history()
                .experiences()
                .getOrDefault(wish, SpotExperience.NONE)
                .after(looks(rungs, seen), Duration.between(seen.history().at(), now));
    }

    /** A market that refused is taken for closed until it sells again, not only while it is left alone. */
    private static List<Quote> looks(List<Rung> rungs, Observations seen) {
        return rungs.stream()
                .filter(Rung::isSpot)
                .flatMap(rung -> rung.affordable().stream()
                        .map(offer -> new Quote(
                                offer.market(),
                                rung.pricePerSlot(offer),
                                !seen.refusals().containsKey(offer.market()))))
                .toList();
    }

    /** What was seen so far by all that wait for spot with a deadline, one look later. */
    public static PMap<Wish, SpotExperience> grown(
            PMap<Wish, SpotExperience> before, PoolState state, Observations seen, Duration passed, Instant now) {
        Optional<PoolSpec> pool = state.spec().filter(spec -> spec.mode() == CapacityMode.SPOT_WITH_FALLBACK);
        PMap<Wish, SpotExperience> grown = HashTreePMap.empty();
        if (pool.isEmpty() || seen.offers().isEmpty()) {
            return grown;
        }
        for (Job job : state.jobs().values()) {
            Wish wish = new Wish(job.spec().resources(), job.spec().scheduling().ladder());
            boolean paced = job.isLive() && job.spec().scheduling().deadline().isPresent();
            if (paced && !grown.containsKey(wish)) {
                List<Rung> rungs = Rung.all(pool.get(), Demand.of(wish), seen, now);
                grown = grown.plus(
                        wish, before.getOrDefault(wish, SpotExperience.NONE).after(looks(rungs, seen), passed));
            }
        }
        return grown;
    }
}
