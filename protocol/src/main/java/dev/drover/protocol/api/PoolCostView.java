package dev.drover.protocol.api;

import dev.drover.protocol.money.Money;
import java.util.List;
import java.util.Optional;

/**
 * What a pool spent, and who of its owners: a {@link CostView} with more to say.
 *
 * @param spent in all, as booked: up to a minute behind
 * @param onDemand what the same instance-seconds would have cost on demand
 * @param switchBacks moves from on-demand back to spot that were completed
 * @param budget absent where the pool has none
 * @param owners by name: who spent anything, has something running or starting, or has a budget in the pool. Idle slots are the
 *     pool's own, so that they do not add up to the whole
 */
public record PoolCostView(
        Money spent,
        Money onDemand,
        int switchBacks,
        List<CostView.Line> byCapacityType,
        List<CostView.CategoryLine> byCategory,
        Optional<Budget> budget,
        List<Owner> owners) {
    public PoolCostView {
        byCapacityType = List.copyOf(byCapacityType);
        byCategory = List.copyOf(byCategory);
        owners = List.copyOf(owners);
    }

    public static PoolCostView of(CostView cost, Optional<Budget> budget, List<Owner> owners) {
        return new PoolCostView(
                cost.spent(),
                cost.onDemand(),
                cost.switchBacks(),
                cost.byCapacityType(),
                cost.byCategory(),
                budget,
                owners);
    }

    /**
     * How the pool's budget stands.
     *
     * @param spent up to now, booked or not
     * @param reserved for what runs and what is being launched, until it can be ended
     */
    public record Budget(Money limit, Money spent, Money reserved) {}

    /**
     * What the jobs of one owner cost, archived ones too.
     *
     * @param spent up to now, booked or not
     * @param reserved for what runs and what is being launched, until it can be ended
     * @param budget the most that they may spend in this pool
     */
    public record Owner(String owner, Money spent, Money reserved, Optional<Money> budget) {}
}
