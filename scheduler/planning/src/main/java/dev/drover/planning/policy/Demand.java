package dev.drover.planning.policy;

import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.RungSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a node is bought for: a shard, or no shard in particular.
 *
 * @param need what it takes
 * @param ladder the job's own; empty means the pool's
 * @param spent by whose ladder it is, so far
 * @param waitsSince when the shard came to wait; absent for one that still runs, and for a spare
 * @param asked markets that a launch under way asks already
 * @param pace absent where there is no deadline, or nothing to reckon with
 * @param budgets all that would pay for it
 */
public record Demand(
        Resources need,
        List<RungSpec> ladder,
        Map<CapacityType, Money> spent,
        Optional<Instant> waitsSince,
        Set<Market> asked,
        Optional<Pace> pace,
        List<Allowance> budgets) {
    public Demand {
        ladder = List.copyOf(ladder);
        spent = Map.copyOf(spent);
        asked = Set.copyOf(asked);
        budgets = List.copyOf(budgets);
    }

    /** Of something of this size that comes with no wishes of its own. */
    public static Demand of(Resources need) {
        return of(new Wish(need, List.of()));
    }

    static Demand of(Wish wish) {
        return new Demand(
                wish.need(), wish.ladder(), Map.of(), Optional.empty(), Set.of(), Optional.empty(), List.of());
    }

    Wish wish() {
        return new Wish(need, ladder);
    }
}
