package dev.drover.agent.link;

import dev.drover.protocol.pool.LeaseSpec;
import java.time.Duration;
import java.time.Instant;

/**
 * How long somebody has said nothing, of the time in which this agent looked.
 *
 * <p>An agent that was frozen finds what was said meanwhile still unread: to drop its connection for that would make a node silent
 * that is well. So a look that comes late counts as two heartbeats, however late it comes.
 */
final class Silence {
    private static final int LATE_HEARTBEATS = 2;

    private static final int SILENT_HEARTBEATS = 5;
    private static final Duration LEAST = Duration.ofSeconds(5);

    private Instant lookedAt;
    private Duration lasted = Duration.ZERO;

    Silence(Instant now) {
        lookedAt = now;
    }

    /** Something was heard, or a connection is new. */
    void isBroken() {
        lasted = Duration.ZERO;
    }

    /** Looks at it, as is to be done each heartbeat, and says whether it has lasted longer than is tolerated. */
    boolean isLongerThan(Duration tolerated, Duration heartbeat, Instant now) {
        lasted = lasted.plus(shorter(Duration.between(lookedAt, now), heartbeat.multipliedBy(LATE_HEARTBEATS)));
        lookedAt = now;
        return lasted.compareTo(tolerated) > 0;
    }

    /** So far. */
    Duration lasted() {
        return lasted;
    }

    /** A connection that is silent for longer is dead. */
    static Duration toleratedOfScheduler(LeaseSpec lease) {
        Duration heartbeats = lease.heartbeat().multipliedBy(SILENT_HEARTBEATS);
        return shorter(heartbeats, LEAST).equals(heartbeats) ? LEAST : heartbeats;
    }

    /** A scheduler that passes on no word of the pool for longer may be cut off from it; the rest of the lease is for finding another. */
    static Duration toleratedOfPool(LeaseSpec lease) {
        Duration most = lease.length().multipliedBy(2).dividedBy(3);
        Duration scheduler = toleratedOfScheduler(lease);
        return shorter(most, scheduler).equals(most) ? scheduler : most;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
