package dev.drover.agent.link;

import java.time.Duration;
import java.time.Instant;

/**
 * How long the scheduler has said nothing, of the time in which this agent looked.
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

    /** Looks at it, as is to be done each heartbeat, and says whether the connection is to be taken for dead. */
    boolean isTooLong(Duration heartbeat, Instant now) {
        lasted = lasted.plus(shorter(Duration.between(lookedAt, now), heartbeat.multipliedBy(LATE_HEARTBEATS)));
        lookedAt = now;
        Duration tolerated = heartbeat.multipliedBy(SILENT_HEARTBEATS);
        return lasted.compareTo(tolerated.compareTo(LEAST) < 0 ? LEAST : tolerated) > 0;
    }

    /** So far. */
    Duration lasted() {
        return lasted;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
