package dev.drover.simulation.world;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.Deadline;
import dev.drover.protocol.job.SchedulingSpec;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.BuyingSpec;
import dev.drover.protocol.pool.PolicyName;
import dev.drover.protocol.pool.RebalanceSpec;
import dev.drover.protocol.pool.RungSpec;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What those who own a pool and its jobs ask for beyond training: by which policy to buy and from which ladder, who goes first, what
 * goes together or after what, by when, and what it may cost. All of it can be granted once nothing goes wrong: no gang is larger than
 * its pool, each ladder ends in rungs without a cap, and budgets are raised.
 */
final class Wishes {
    private static final List<String> OWNERS = List.of("ann", "bob", "cyd");
    private static final List<PolicyName> POLICIES = List.of(PolicyName.values());
    private static final int DEAREST_CENTS = 400;

    /** Beyond a lease, what a budget must pay for before anything is launched: two billing ticks, and the time to save. */
    private static final Duration TO_BEGIN = Duration.ofMinutes(3);

    private final Setting setting;
    private final Chance chance;
    private final Chance money;

    /** {@code money} is a stream of its own for budgets. */
    Wishes(Setting setting, Chance chance, Chance money) {
        this.setting = setting;
        this.chance = chance;
        this.money = money;
    }

    /** How a pool of so many nodes buys. */
    static BuyingSpec buying(Tempo tempo, int nodes, Chance chance, Chance money) {
        return new BuyingSpec(
                chance.of(POLICIES),
                chance.oneIn(3) ? ladder(chance) : List.of(),
                chance.oneIn(3) ? tempo.units(1 + chance.upTo(60)) : Duration.ZERO,
                RebalanceSpec.DEFAULT,
                chance.oneIn(2),
                money.oneIn(3) ? Optional.of(budget(tempo, tempo.units(400), nodes, money)) : Optional.empty(),
                money.oneIn(3) ? Map.of(money.of(OWNERS), budget(tempo, tempo.units(200), 2, money)) : Map.of(),
                chance.oneIn(4) ? tempo.units(30) : Duration.ZERO);
    }

    /** Whose a job is. */
    String owner() {
        return chance.of(OWNERS);
    }

    /**
     * When a job runs, and on what.
     *
     * @param earlier jobs submitted before
     * @param alone how long one of its shards trains undisturbed
     */
    SchedulingSpec scheduling(List<JobId> earlier, int shards, Duration alone) {
        boolean isUrgent = chance.oneIn(3);
        return new SchedulingSpec(
                chance.upTo(4) - 1,
                !earlier.isEmpty() && chance.oneIn(5) ? List.of(chance.of(earlier)) : List.of(),
                shards > 1 && shards <= setting.pool().maxNodes() && chance.oneIn(3),
                isUrgent ? Optional.of(new Deadline.Within(part(alone, 100, 400, chance))) : Optional.empty(),
                setting.isThrifty() && money.oneIn(3)
                        ? Optional.of(budget(setting.tempo(), alone, shards, money))
                        : Optional.empty(),
                isUrgent ? Optional.of(part(alone, 60, 150, chance)) : Optional.empty(),
                chance.oneIn(4) ? ladder(chance) : List.of());
    }

    /** The same, with each budget doubled. */
    static BuyingSpec richer(BuyingSpec buying) {
        Map<String, Money> ownerBudgets = new TreeMap<>(buying.ownerBudgets());
        ownerBudgets.replaceAll((owner, budget) -> budget.times(2));
        return new BuyingSpec(
                buying.policy(),
                buying.ladder(),
                buying.fallbackAfter(),
                buying.rebalance(),
                buying.preemption(),
                buying.budget().map(budget -> budget.times(2)),
                ownerBudgets,
                buying.protectedTime());
    }

    /** Enough to begin on some market, and for a part of the work on some slots: it may do, or bind soon. */
    private static Money budget(Tempo tempo, Duration work, int slots, Chance money) {
        Duration paid = tempo.lease().length().plus(TO_BEGIN).plus(part(work, 0, 100, money));
        return usd(50 + money.upTo(DEAREST_CENTS)).perHourFor(paid).times(1 + money.upTo(slots));
    }

    private static Duration part(Duration whole, int leastPercent, int mostPercent, Chance chance) {
        int percent = leastPercent + chance.upTo(mostPercent - leastPercent);
        return Duration.ofMillis(Math.max(1, whole.toMillis() * percent / 100));
    }

    /** Cheap spot, then any; on demand for a while, then as long as it takes. */
    private static List<RungSpec> ladder(Chance chance) {
        Optional<Money> cap = Optional.of(usd(50 + chance.upTo(DEAREST_CENTS)));
        Optional<Money> limit = Optional.of(usd(1 + chance.upTo(DEAREST_CENTS)));
        return List.of(
                rung(CapacityType.SPOT, chance.oneIn(2) ? List.of("a") : List.of(), cap, Optional.empty()),
                rung(CapacityType.SPOT, List.of(), Optional.empty(), Optional.empty()),
                rung(CapacityType.ON_DEMAND, List.of(), Optional.empty(), limit),
                rung(CapacityType.ON_DEMAND, List.of(), Optional.empty(), Optional.empty()));
    }

    private static RungSpec rung(
            CapacityType type, List<String> zones, Optional<Money> maxPrice, Optional<Money> spendLimit) {
        return new RungSpec(
                type, Optional.empty(), List.of(), zones, List.of(), maxPrice, spendLimit, OptionalInt.empty());
    }

    private static Money usd(int cents) {
        return new Money(BigDecimal.valueOf(cents, 2), "USD");
    }
}
