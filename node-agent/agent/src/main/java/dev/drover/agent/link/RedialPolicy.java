package dev.drover.agent.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before the next dial: doubling from 50 ms to 2 s, and jittered so that a pool does not dial as one. */
final class RedialPolicy {
    private static final long FIRST_MILLIS = 50;
    private static final long MOST_MILLIS = 2000;
    private static final int MAX_DOUBLINGS = 10;

    private RedialPolicy() {}

    /** The wait after {@code failures} dials in a row that failed, 1 or more: between half of the step and all of it. */
    static Duration wait(int failures, RandomGenerator random) {
        long step = Math.min(MOST_MILLIS, FIRST_MILLIS << Math.min(MAX_DOUBLINGS, failures));
        return Duration.ofMillis(step / 2 + random.nextLong(step / 2 + 1));
    }
}
