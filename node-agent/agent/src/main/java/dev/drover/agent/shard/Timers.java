package dev.drover.agent.shard;

import java.time.Duration;
import java.time.Instant;

/** Waiting times that a timer takes. */
public final class Timers {
    /** Pekko refuses more than some 248 days with an exception. */
    private static final Duration LONGEST = Duration.ofDays(200);

    private Timers() {}

    /** The time from {@code now} until {@code then}: none when it has passed, and no more than a timer takes. */
    public static Duration until(Instant then, Instant now) {
        if (!then.isAfter(now)) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(now, then);
        return left.compareTo(LONGEST) < 0 ? left : LONGEST;
    }
}
