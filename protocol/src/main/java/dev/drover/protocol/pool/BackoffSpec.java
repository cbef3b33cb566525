package dev.drover.protocol.pool;

import java.time.Duration;

/** How long something is left alone after it failed: {@code first}, doubling to {@code longest}. */
public record BackoffSpec(Duration first, Duration longest) {
    public static final BackoffSpec DEFAULT = new BackoffSpec(Duration.ofSeconds(5), Duration.ofMinutes(5));

    /** After {@code times} failures in a row, 1 or more. */
    public Duration after(int times) {
        Duration delay = first.multipliedBy(1L << Math.min(Math.max(times - 1, 0), 20));
        return delay.compareTo(longest) > 0 ? longest : delay;
    }
}
