package dev.drover.cloud.local;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.money.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What instances cost: the integral of the market's price over the instance's life, from its launch to its end.
 *
 * @param lines of every instance the cloud still knows
 */
public record Billing(List<Line> lines) {
    private static final BigDecimal NANOS_PER_HOUR = BigDecimal.valueOf(3_600_000_000_000L);

    public Billing {
        lines = List.copyOf(lines);
    }

    /**
     * One instance.
     *
     * @param until its end, or the moment of asking
     * @param endedAt {@code null} while it lives
     */
    public record Line(
            NodeId node,
            String instanceId,
            String owner,
            Market market,
            Instant from,
            Instant until,
            @Nullable Instant endedAt,
            Money cost) {}

    static Billing of(CloudState state, MarketBoard board, Instant now) {
        List<Line> lines = new ArrayList<>();
        for (InstanceRecord record : state.instances()) {
            Instant endedAt = record.instance().endedAt();
            Money known = record.cost();
            lines.add(new Line(
                    record.instance().node(),
                    record.instance().instanceId(),
                    record.instance().owner(),
                    record.market(),
                    record.instance().launchedAt(),
                    endedAt == null ? now : endedAt,
                    endedAt,
                    known == null
                            ? cost(board, record.market(), record.instance().launchedAt(), now, state.prices())
                            : known));
        }
        return new Billing(lines);
    }

    /** Summed exactly, price by price; rounded once, to 12 decimals, half up. */
    static Money cost(MarketBoard board, Market market, Instant from, Instant until, List<PriceOverride> overrides) {
        Money price = board.price(market, from, overrides);
        BigDecimal sum = BigDecimal.ZERO;
        Instant at = from;
        while (at.isBefore(until)) {
            price = board.price(market, at, overrides);
            Instant next = board.nextPriceChange(market, at, overrides);
            next = next.isBefore(until) ? next : until;
            sum = sum.add(price.amount()
                    .multiply(BigDecimal.valueOf(Duration.between(at, next).toNanos())));
            at = next;
        }
        return new Money(sum.divide(NANOS_PER_HOUR, 12, RoundingMode.HALF_UP), price.currency());
    }
}
