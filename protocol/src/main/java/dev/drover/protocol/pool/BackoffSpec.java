package dev.drover.protocol.pool;

import java.time.Duration;

/**
 * How long a market is left alone after it refused: {@code first}, doubling to {@code longest}.
 */
public record BackoffSpec(Duration first, Duration longest) {
    public static final BackoffSpec DEFAULT = new BackoffSpec(Duration.ofSeconds(5), Duration.ofMinutes(5));
}
