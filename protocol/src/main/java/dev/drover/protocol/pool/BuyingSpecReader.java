package dev.drover.protocol.pool;

import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.spec.SpecFields;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the fields of a pool that say how it buys. */
final class BuyingSpecReader {
    private static final int MOST_OWNERS = 1000;
    private static final int LONGEST_OWNER = 255;
    private static final Duration LONGEST = Duration.ofDays(30);

    private BuyingSpecReader() {}

    static BuyingSpec read(SpecFields pool, CapacityMode mode) {
        BuyingSpec defaults = BuyingSpec.DEFAULT;
        BuyingSpec buying = new BuyingSpec(
                pool.choice("policy", defaults.policy()),
                LadderReader.read(pool),
                pool.duration("fallbackAfter", defaults.fallbackAfter(), Duration.ZERO, LONGEST),
                rebalance(pool.object("rebalance"), defaults.rebalance()),
                pool.flag("preemption", defaults.preemption()),
                pool.money("budget"),
                ownerBudgets(pool.object("ownerBudgets", MOST_OWNERS)),
                pool.duration("protectedTime", defaults.protectedTime(), Duration.ZERO, LONGEST));
        if (pool.isSound()) {
            checkLadder(pool, buying.ladder(), mode);
        }
        return buying;
    }

    private static RebalanceSpec rebalance(SpecFields fields, RebalanceSpec defaults) {
        RebalanceSpec rebalance = new RebalanceSpec(
                fields.choice("mode", defaults.mode()),
                fields.duration("after", defaults.after(), Duration.ZERO, LONGEST));
        fields.finish();
        return rebalance;
    }

    private static Map<String, Money> ownerBudgets(SpecFields fields) {
        Map<String, Money> budgets = new TreeMap<>();
        for (String owner : fields.names()) {
            if (owner.isBlank()
                    || owner.length() > LONGEST_OWNER
                    || owner.chars().anyMatch(Character::isISOControl)) {
                fields.problem(owner, owner, "an owner's name of 1 to " + LONGEST_OWNER + " printable characters");
            }
            fields.money(owner).ifPresent(budget -> budgets.put(owner, budget));
        }
        return budgets;
    }

    /** Notes the rungs that a pool of this mode can't have. */
    private static void checkLadder(SpecFields pool, List<RungSpec> ladder, CapacityMode mode) {
        for (int i = 0; i < ladder.size(); i++) {
            RungSpec rung = ladder.get(i);
            String field = "ladder[" + i + "].";
            boolean bought = switch (mode) {
                case SPOT_ONLY -> rung.capacityType() == CapacityType.SPOT;
                case SPOT_WITH_FALLBACK -> true;
                case ON_DEMAND -> rung.capacityType() == CapacityType.ON_DEMAND;
            };
            if (!bought) {
                pool.problem(field + "capacityType", rung.capacityType().name(), "what mode " + mode + " buys");
            }
            rung.microBatch()
                    .ifPresent(rows -> pool.problem(
                            field + "microBatch",
                            String.valueOf(rows),
                            "it in a job's own ladder: its batch is its own"));
        }
    }
}
