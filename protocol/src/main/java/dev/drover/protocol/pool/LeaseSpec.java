package dev.drover.protocol.pool;

import java.time.Duration;

/**
 * How long silence is tolerated.
 *
 * @param length a node silent for this long loses its shards: the lease L
 * @param heartbeat how often an agent reports when nothing changes
 * @param runUntil how long an agent goes on with no scheduler answering, before it saves, stops and ends its instance
 * @param noticeMargin a handoff's margin before anything was measured: the old node stops this long before its end
 */
public record LeaseSpec(Duration length, Duration heartbeat, Duration runUntil, Duration noticeMargin) {
    public static final LeaseSpec DEFAULT =
            new LeaseSpec(Duration.ofSeconds(15), Duration.ofSeconds(1), Duration.ofHours(1), Duration.ofSeconds(5));
}
