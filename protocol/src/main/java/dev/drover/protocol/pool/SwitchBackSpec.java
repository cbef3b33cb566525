package dev.drover.protocol.pool;

import java.time.Duration;

/**
 * When to go back from on-demand to spot.
 *
 * @param after an on-demand node runs at least this long first: the hysteresis
 * @param changeover time during which both nodes are paid for and the shard may stand still; charged against the saving
 * @param horizon how long the cheaper node is expected to last; the saving over it must exceed the changeover's cost
 */
public record SwitchBackSpec(Duration after, Duration changeover, Duration horizon) {
    public static final SwitchBackSpec DEFAULT =
            new SwitchBackSpec(Duration.ofMinutes(2), Duration.ofMinutes(1), Duration.ofMinutes(30));
}
