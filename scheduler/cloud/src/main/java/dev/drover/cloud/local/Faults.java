package dev.drover.cloud.local;

import dev.drover.protocol.money.Money;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Bodies of the control endpoints. */
final class Faults {
    private Faults() {}

    /** @param notice {@code null} to kill at once */
    record Evict(@Nullable Duration notice) {}

    record SetCapacity(
            MarketFilter markets, int capacity, @Nullable Duration notice) {}

    record SetPrice(MarketFilter markets, Money pricePerHour) {}

    /** @param after how long a caller waits before it hears that it will hear nothing */
    record LoseAnswers(Duration after) {}

    record SetBack(MarketFilter markets) {}
}
