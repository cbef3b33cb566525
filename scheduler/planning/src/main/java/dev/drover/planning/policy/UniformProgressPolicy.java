package dev.drover.planning.policy;

import dev.drover.planning.policy.Purchase.Why;
import dev.drover.protocol.market.Market;
import java.time.Duration;

/**
 * Uniform Progress, by Wu et al., "Can't Be Late: Optimizing Spot Instance Savings under Deadlines" (NSDI'24): the work is to
 * be done at an even pace, {@code work / deadline}. Without spot, on demand while less is done than is due by now; back to
 * spot once enough is done to pay for going there and coming back.
 */
public final class UniformProgressPolicy implements PurchasePolicy {
    @Override
    public Purchase choose(Situation situation) {
        return SafetyNet.held(situation, wish(situation));
    }

    private static Purchase wish(Situation situation) {
        return switch (situation.holding()) {
            case Holding.Spot(Market market, var ignored) -> new Purchase.Spot(market, Why.STAYS);
            case Holding.OnDemand ignored -> {
                Duration thereAndBack = situation.changeover().multipliedBy(2);
                yield CheapestElsewhere.choose(situation)
                        .filter(market -> isDueBy(situation, situation.elapsed().plus(thereAndBack)) < 0)
                        .<Purchase>map(market -> new Purchase.Spot(market, Why.SPOT_OPEN))
                        .orElse(new Purchase.OnDemand(Why.STAYS));
            }
            case Holding.Nothing ignored ->
                CheapestElsewhere.choose(situation)
                        .<Purchase>map(market -> new Purchase.Spot(market, Why.SPOT_OPEN))
                        .orElseGet(() -> isDueBy(situation, situation.elapsed()) > 0
                                ? new Purchase.OnDemand(Why.BEHIND_SCHEDULE)
                                : new Purchase.Nothing(Why.SPOT_AWAITED));
        };
    }

    /** The sign of {@code elapsed x work / deadline - done}: what is due at {@code elapsed} less what is done, in whole numbers. */
    private static int isDueBy(Situation situation, Duration elapsed) {
        long due = Math.multiplyExact(elapsed.toSeconds(), situation.work().toSeconds());
        long done = Math.multiplyExact(
                situation.done().toSeconds(), situation.deadline().toSeconds());
        return Long.compare(due, done);
    }
}
