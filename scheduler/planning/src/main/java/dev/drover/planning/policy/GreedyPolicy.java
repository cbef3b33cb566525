package dev.drover.planning.policy;

import dev.drover.planning.policy.Purchase.Why;
import dev.drover.protocol.market.Market;

/** Spot while there is any, nothing while there is none, and on demand once only that can keep the deadline. */
public final class GreedyPolicy implements PurchasePolicy {
    @Override
    public Purchase choose(Situation situation) {
        return SafetyNet.held(situation, wish(situation));
    }

    private static Purchase wish(Situation situation) {
        if (situation.holding() instanceof Holding.Spot(Market market, var ignored)) {
            return new Purchase.Spot(market, Why.STAYS);
        }
        return CheapestElsewhere.choose(situation)
                .<Purchase>map(market -> new Purchase.Spot(market, Why.SPOT_OPEN))
                .orElse(new Purchase.Nothing(Why.SPOT_AWAITED));
    }
}
