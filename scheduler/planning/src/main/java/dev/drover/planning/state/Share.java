package dev.drover.planning.state;

import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** What one shard pays of its node: {@code parts} of {@code whole}. */
record Share(long parts, long whole) {
    static final Share ALL = new Share(1, 1);

    /**
     * The part of the accelerators that it takes, or of the memory where that is more: so shards of different sizes that fit on
     * a node together never pay more than the node costs.
     */
    static Share of(Resources need, Resources has) {
        Share byCount = new Share(need.count(), has.count());
        Share byMemory =
                new Share(need.memory().bytes(), Math.max(1, has.memory().bytes()));
        Share larger = byMemory.fraction().compareTo(byCount.fraction()) > 0 ? byMemory : byCount;
        return larger.parts >= larger.whole ? ALL : larger;
    }

    Duration of(Duration time) {
        return time.multipliedBy(parts).dividedBy(whole);
    }

    /** To 12 decimals, half up. */
    Money of(Money price) {
        BigDecimal amount = price.amount().multiply(BigDecimal.valueOf(parts));
        return equals(ALL)
                ? price
                : new Money(amount.divide(BigDecimal.valueOf(whole), 12, RoundingMode.HALF_UP), price.currency());
    }

    private BigDecimal fraction() {
        return BigDecimal.valueOf(parts).divide(BigDecimal.valueOf(whole), 12, RoundingMode.HALF_UP);
    }
}
