package dev.drover.protocol.pool;

import java.time.Duration;

/**
 * How long silence is tolerated.
 *
 * @param length a node silent for this long loses its shards: the lease L
 * @param heartbeat how often an agent reports when nothing changes; in a large pool less often, see {@link #among}
 * @param runUntil how long an agent goes on with no scheduler answering, before it saves, stops and ends its instance
 * @param noticeMargin a handoff's margin before anything was measured: the old node stops this long before its end
 */
public record LeaseSpec(Duration length, Duration heartbeat, Duration runUntil, Duration noticeMargin) {
    public static final LeaseSpec DEFAULT =
            new LeaseSpec(Duration.ofSeconds(15), Duration.ofSeconds(1), Duration.ofHours(1), Duration.ofSeconds(5));

    /** So many more nodes make a heartbeat longer by {@link #STEP}: no pool has to hear more than 100 a second, as far as leases allow it. */
    private static final int NODES_OF_A_STEP = 25;

    private static final Duration STEP = Duration.ofMillis(250);

    /** A lease has room for so many heartbeats at least, unless its spec says fewer. */
    private static final int HEARTBEATS_OF_A_LEASE = 6;

    /** What a pool of so many nodes asks of each: the heartbeat is as long as it has to be to hear them all. */
    public LeaseSpec among(int nodes) {
        Duration wanted = STEP.multipliedBy(nodes / NODES_OF_A_STEP);
        Duration longest = length.dividedBy(HEARTBEATS_OF_A_LEASE);
        Duration bounded = wanted.compareTo(longest) < 0 ? wanted : longest;
        return bounded.compareTo(heartbeat) <= 0 ? this : new LeaseSpec(length, bounded, runUntil, noticeMargin);
    }
}
