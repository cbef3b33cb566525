package dev.drover.planning.state;

import dev.drover.planning.event.PoolEvent.NodeBilled;
import dev.drover.planning.event.PoolEvent.Part;
import dev.drover.planning.state.Ledger.Spend;
import dev.drover.protocol.money.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A bill cut into its parts. Each is what the parts up to it cost together less what those before it did, so rounding (time to
 * the nanosecond, money to 12 decimals, half up) never loses or adds anything: the parts add up to the bill exactly.
 */
final class Split {
    private static final int MONEY_DECIMALS = 12;

    private Split() {}

    /** One spend for each of {@code parts}, in their order. */
    static List<Spend> of(NodeBilled bill, List<Part> parts) {
        Duration time = Duration.between(bill.from(), bill.to());
        Spend all = new Spend(
                time,
                bill.pricePerHour().perHourFor(time),
                bill.onDemandPricePerHour().perHourFor(time));
        if (parts.size() == 1) {
            return List.of(all);
        }
        long whole = parts.stream().mapToLong(Part::weight).sum();
        List<Spend> spends = new ArrayList<>();
        Spend before = upTo(0, whole, all);
        long weight = 0;
        for (Part part : parts) {
            weight += part.weight();
            Spend now = upTo(weight, whole, all);
            spends.add(now.minus(before));
            before = now;
        }
        return spends;
    }

    private static Spend upTo(long weight, long whole, Spend all) {
        BigDecimal nanos = BigDecimal.valueOf(all.instanceTime().toNanos());
        return new Spend(
                Duration.ofNanos(cut(nanos, weight, whole, 0).longValueExact()),
                cut(all.spent(), weight, whole),
                cut(all.onDemand(), weight, whole));
    }

    private static Money cut(Money money, long weight, long whole) {
        return new Money(cut(money.amount(), weight, whole, MONEY_DECIMALS), money.currency());
    }

    private static BigDecimal cut(BigDecimal amount, long weight, long whole, int decimals) {
        return amount.multiply(BigDecimal.valueOf(weight))
                .divide(BigDecimal.valueOf(whole), decimals, RoundingMode.HALF_UP);
    }
}
