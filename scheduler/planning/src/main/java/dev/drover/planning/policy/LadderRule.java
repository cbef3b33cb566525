package dev.drover.planning.policy;

import dev.drover.planning.policy.Purchase.Why;
import dev.drover.protocol.market.Market;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What {@link LadderPolicy} does for a shard that no purchase policy paces, told of a situation as those are: spot while there is
 * any, on demand once it was missed for long enough, back to spot where that pays.
 *
 * @param fallbackAfter how long it goes without spot before it buys on demand; absent where it never does
 * @param worthReturning the spot markets for which it leaves one on demand
 */
record LadderRule(Optional<Duration> fallbackAfter, Set<Market> worthReturning) implements PurchasePolicy {
    LadderRule {
        worthReturning = Set.copyOf(worthReturning);
    }

    @Override
    public Purchase choose(Situation situation) {
        return switch (situation.holding()) {
            case Holding.Spot(Market market, Duration ignored) -> new Purchase.Spot(market, Why.STAYS);
            case Holding.Nothing ignored ->
                situation.spot().stream()
                        .filter(Quote::open)
                        .findFirst()
                        .<Purchase>map(first -> new Purchase.Spot(first.market(), Why.SPOT_OPEN))
                        .orElseGet(() -> withoutSpot(situation));
            case Holding.OnDemand ignored ->
                situation.spot().stream()
                        .filter(quote -> quote.open() && worthReturning.contains(quote.market()))
                        .findFirst()
                        .<Purchase>map(first -> new Purchase.Spot(first.market(), Why.SPOT_OPEN))
                        .orElseGet(() -> new Purchase.OnDemand(Why.STAYS));
        };
    }

    private Purchase withoutSpot(Situation situation) {
        Duration closed = situation.experience().together().since();
        Duration missed = closed.compareTo(situation.elapsed()) < 0 ? closed : situation.elapsed();
        return fallbackAfter
                .filter(patience -> missed.compareTo(patience) >= 0)
                .<Purchase>map(over -> new Purchase.OnDemand(Why.WAITING_NOT_WORTH_IT))
                .orElseGet(() -> new Purchase.Nothing(Why.SPOT_AWAITED));
    }
}
