package dev.drover.protocol.pool;

import java.time.Duration;

/**
 * How rebalance signals are taken.
 *
 * @param after how long a signal must hold before anything is done: the hysteresis
 */
public record RebalanceSpec(RebalanceMode mode, Duration after) {
    public static final RebalanceSpec DEFAULT = new RebalanceSpec(RebalanceMode.IGNORE, Duration.ofMinutes(2));
}
