package dev.drover.planning.input;

import java.time.Duration;

/**
 * How often the spot nodes of a market were taken, and for how long it had any.
 *
 * @param times notices, and ends that nobody asked for; a noticed end counts once
 * @param nodeTime of all its nodes, added up
 */
public record Interruptions(int times, Duration nodeTime) {
    public static final Interruptions NONE = new Interruptions(0, Duration.ZERO);

    /** What is believed of a market before anything was seen there: one interruption in ten hours, held as lightly as one seen. */
    private static final double PRIOR_TIMES = 1;

    private static final double PRIOR_HOURS = 10;

    Interruptions once() {
        return new Interruptions(times + 1, nodeTime);
    }

    Interruptions after(Duration passed, int nodes) {
        return new Interruptions(times, nodeTime.plus(passed.multipliedBy(nodes)));
    }

    /**
     * Interruptions per node-hour: the mean of the Gamma posterior. What refuses to sell is short of capacity, and takes back
     * what it sold, so that each refusal since it last sold counts like an interruption.
     */
    public double perHour(int refusals) {
        return (PRIOR_TIMES + times + refusals) / (PRIOR_HOURS + nodeTime.toMillis() / 3_600_000.0);
    }
}
