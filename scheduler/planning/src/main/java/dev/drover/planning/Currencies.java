package dev.drover.planning;

import dev.drover.planning.input.Observations;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.PoolSpec;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A budget is held in the currency of the provider's prices. Nothing is refused while those are not known. */
final class Currencies {
    private Currencies() {}

    /** Why a job's budget can't be held in the pool. */
    static Optional<PoolReply.Rejected> refusal(Observations seen, PoolSpec pool, Optional<Money> budget) {
        return budget.flatMap(money -> refusal(seen, pool, "budget", money));
    }

    /** Why the pool's own budgets can't be held. */
    static Optional<PoolReply.Rejected> refusal(Observations seen, PoolSpec pool) {
        return refusal(seen, pool, pool.buying().budget())
                .or(() -> pool.buying().ownerBudgets().entrySet().stream()
                        .flatMap(entry -> ofOwner(seen, pool, entry).stream())
                        .findFirst());
    }

    private static Optional<PoolReply.Rejected> ofOwner(
            Observations seen, PoolSpec pool, Map.Entry<String, Money> owner) {
        return refusal(seen, pool, "ownerBudgets." + owner.getKey(), owner.getValue());
    }

    private static Optional<PoolReply.Rejected> refusal(Observations seen, PoolSpec pool, String field, Money budget) {
        Set<String> priced = new TreeSet<>();
        seen.offers().values().stream()
                .filter(offer -> offer.market().provider().equals(pool.provider()))
                .forEach(offer -> priced.add(offer.pricePerHour().currency()));
        return priced.isEmpty() || priced.contains(budget.currency())
                ? Optional.empty()
                : Optional.of(new PoolReply.Rejected(
                        field,
                        budget.toString(),
                        "an amount in " + String.join(" or ", priced) + ", as the prices are"));
    }
}
