package dev.drover.planning.policy;

import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.Purchase.Why;
import dev.drover.planning.state.Node;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PolicyName;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Climbs the {@link Ladder}: the first rung that has an open market, spot before on demand, and on demand only once spot was
 * missed for as long as the pool says. What has a deadline leaves to the pool's {@link PurchasePolicy} whether to take spot, to
 * wait for it or to go on demand. A launch names markets of one rung only, in the order of {@link Ranking}, so that each step down
 * is a decision of its own, with its reason.
 */
public final class LadderPolicy implements CapacityPolicy {
    private final Map<PolicyName, PurchasePolicy> policies = new EnumMap<>(PolicyName.class);

    public LadderPolicy() {
        for (PolicyName name : PolicyName.values()) {
            policies.put(name, PurchasePolicy.of(name));
        }
    }

    @Override
    public Choice choose(PoolSpec pool, Demand demand, Observations seen, Instant now) {
        if (seen.offers().isEmpty()) {
            return new Choice.Wait(Explanations.noOffers(pool));
        }
        List<Rung> rungs = Rung.all(pool, demand, seen, now);
        if (rungs.stream().allMatch(rung -> rung.fitting().isEmpty())) {
            return new Choice.Wait(Explanations.nothingFits(pool, demand, seen));
        }
        return purchase(pool, demand, new Holding.Nothing(), rungs, seen, now)
                .map(decided -> paced(pool, demand, decided, rungs, seen, now))
                .orElseGet(() -> atOnce(pool, demand, rungs, seen, now));
    }

    private record Decided(Purchase purchase, Situation situation) {}

    /** What the purchase policy says, where it is asked. */
    private Optional<Decided> purchase(
            PoolSpec pool, Demand demand, Holding held, List<Rung> rungs, Observations seen, Instant now) {
        return demand.pace()
                .filter(pace -> pool.mode() == CapacityMode.SPOT_WITH_FALLBACK)
                .flatMap(pace -> Outlook.situation(pace, demand.wish(), held, rungs, seen, now))
                .map(situation -> new Decided(policy(pool).choose(situation), situation));
    }

    private PurchasePolicy policy(PoolSpec pool) {
        return Objects.requireNonNull(policies.get(pool.buying().policy()));
    }

    private static Choice paced(
            PoolSpec pool, Demand demand, Decided decided, List<Rung> rungs, Observations seen, Instant now) {
        Optional<Rung> spot = Rung.firstBuyable(rungs, CapacityType.SPOT);
        Optional<Rung> onDemand = Rung.firstBuyable(rungs, CapacityType.ON_DEMAND);
        return switch (decided.purchase()) {
            case Purchase.Nothing nothing ->
                new Choice.Wait(Explanations.paced(nothing, decided.situation(), Optional.empty()));
            case Purchase.Spot(Market market, Why ignored) -> launchSpot(market, spot.orElseThrow(), rungs);
            case Purchase.OnDemand bought ->
                onDemand.<Choice>map(rung -> launch(rung, bought, decided.situation()))
                        // On demand refuses: spot is better than nothing.
                        .or(() ->
                                spot.map(rung -> new Choice.Launch(rung.openMarkets(), Explanations.spot(rung, rungs))))
                        .orElseGet(() -> new Choice.Wait(Explanations.nothingToBuy(pool, rungs, demand, seen, now)));
        };
    }

    private static Choice.Launch launch(Rung onDemand, Purchase because, Situation situation) {
        return new Choice.Launch(
                onDemand.openMarkets(),
                Explanations.paced(
                        because, situation, Optional.of(onDemand.open().getFirst())));
    }

    /** The market that was chosen first, then the others of its rung. */
    private static Choice.Launch launchSpot(Market first, Rung rung, List<Rung> rungs) {
        Rung chosen = rung.startingWith(first);
        return new Choice.Launch(chosen.openMarkets(), Explanations.spot(chosen, rungs));
    }

    /** What has no deadline, or nothing to reckon with, never waits for spot but for {@code fallbackAfter}. */
    private static Choice atOnce(PoolSpec pool, Demand demand, List<Rung> rungs, Observations seen, Instant now) {
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
        Reason because = pool.mode() == CapacityMode.ON_DEMAND
                ? Explanations.onDemandMode(best)
                : Explanations.fallback(best, rungs);
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
    public Optional<Choice> reconsider(PoolSpec pool, Node held, Demand demand, Observations seen, Instant now) {
        Optional<Node.Instance> instance = held.instance();
        if (pool.mode() != CapacityMode.SPOT_WITH_FALLBACK || instance.isEmpty()) {
            return Optional.empty();
        }
        Market market = instance.get().market();
        boolean tooEarly = !market.isSpot()
                && now.isBefore(held.since().plus(pool.switchBack().after()));
        if (tooEarly) {
            return Optional.empty();
        }
        List<Rung> rungs = Rung.all(pool, demand, seen, now);
        Holding holding =
                market.isSpot() ? new Holding.Spot(market, Duration.ZERO) : new Holding.OnDemand(Duration.ZERO);
        Optional<Decided> decided = purchase(pool, demand, holding, rungs, seen, now);
        return decided.isPresent()
                ? change(market, decided.get(), rungs)
                : switchBack(pool, instance.get(), rungs, seen).map(back -> back);
    }

    /** What the policy would rather hold than what it does. */
    private static Optional<Choice> change(Market held, Decided decided, List<Rung> rungs) {
        Situation situation = decided.situation();
        return switch (decided.purchase()) {
            case Purchase.Nothing nothing ->
                Optional.of(new Choice.Wait(Explanations.paced(nothing, situation, Optional.empty())));
            case Purchase.Spot(Market market, Why ignored) when market.equals(held) -> Optional.empty();
            case Purchase.Spot spot ->
                Rung.firstBuyable(rungs, CapacityType.SPOT)
                        .map(rung -> rung.startingWith(spot.market()))
                        .map(rung -> new Choice.Launch(
                                rung.openMarkets(),
                                Explanations.paced(
                                        spot, situation, Optional.of(rung.open().getFirst()))));
            case Purchase.OnDemand bought ->
                held.isSpot()
                        ? Rung.firstBuyable(rungs, CapacityType.ON_DEMAND).map(rung -> launch(rung, bought, situation))
                        : Optional.empty();
        };
    }

    private static Optional<Choice.Launch> switchBack(
            PoolSpec pool, Node.Instance held, List<Rung> rungs, Observations seen) {
        Money dear = held.pricePerHour();
        return rungs.stream()
                .filter(rung -> !held.market().isSpot() && rung.isSpot() && rung.isBuyable())
                .map(rung -> rung.open().stream()
                        .filter(offer -> pays(offer.pricePerHour(), dear, pool, seen))
                        .toList())
                .filter(worthIt -> !worthIt.isEmpty())
                .findFirst()
                .map(worthIt -> new Choice.Launch(
                        worthIt.stream().map(Offer::market).toList(),
                        Explanations.switchBack(worthIt.getFirst(), dear)));
    }

    @Override
    public List<Market> spotElsewhere(
            PoolSpec pool, Demand demand, Set<Market> shunned, Observations seen, Instant now) {
        return Rung.all(pool, demand, seen, now).stream()
                .filter(rung -> rung.isSpot() && rung.isBuyable())
                .map(rung -> rung.openMarkets().stream()
                        .filter(market -> !shunned.contains(market))
                        .toList())
                .filter(open -> !open.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    /** The saving over the horizon exceeds the changeover, during which both are paid for. */
    static boolean pays(Money spot, Money onDemand, PoolSpec pool, Observations seen) {
        if (!spot.currency().equals(onDemand.currency())) {
            return false;
        }
        Money saving = onDemand.minus(spot).perHourFor(pool.switchBack().horizon());
        Money changeover = onDemand.plus(spot).perHourFor(seen.history().changeover(pool));
        return saving.isMoreThan(changeover);
    }
}
