package dev.drover.planning.state;

import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much of a node each shard on it, or promised it, pays: weight / of. What is left is the pool's.
 *
 * @param of the sum of all weights, the pool's included
 */
public record Shares(Map<ShardId, Long> weights, long of) {
    private static final int MONEY_DECIMALS = 12;

    public Shares {
        weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    }

    /** Of a node that has, or will have, {@code has}. */
    public static Shares of(PoolState state, Node node, Resources has) {
        Map<ShardId, Long> weights = new LinkedHashMap<>();
        for (Shard shard : state.placedOn(node.id())) {
            Resources need = state.job(shard.id().job()).orElseThrow().spec().resources();
            weights.put(shard.id(), weight(need, has));
        }
        long taken = weights.values().stream().mapToLong(Long::longValue).sum();
        return new Shares(weights, Math.max(whole(has), taken));
    }

    /** The shard's part of what the node costs; rounded up, to 12 decimals. */
    public Money part(Money cost, ShardId shard) {
        return part(cost, weights.getOrDefault(shard, 0L), of);
    }

    /** The most that a shard which needs {@code need} pays of what such a machine costs; rounded up, to 12 decimals. */
    public static Money most(Money cost, Resources has, Resources need) {
        return part(cost, weight(need, has), whole(has));
    }

    private static Money part(Money cost, long weight, long of) {
        BigDecimal amount = cost.amount().multiply(BigDecimal.valueOf(weight));
        return new Money(amount.divide(BigDecimal.valueOf(of), MONEY_DECIMALS, RoundingMode.UP), cost.currency());
    }

    static long whole(Resources has) {
        return has.count() * memory(has);
    }

    /** The part of the accelerators that the shard takes, or of the memory where that is more; of {@link #whole}. */
    static long weight(Resources need, Resources has) {
        long weight = Math.max(need.count() * memory(has), need.memory().bytes() * has.count());
        return Math.min(whole(has), weight);
    }

    private static long memory(Resources resources) {
        return Math.max(1, resources.memory().bytes());
    }
}
