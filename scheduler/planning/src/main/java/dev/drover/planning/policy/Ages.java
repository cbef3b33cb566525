package dev.drover.planning.policy;

import java.time.Duration;

/**
 * The ages into which a market's states are sorted: how long it has been open, or closed, already. The older a state, the
 * longer it is likely to last, so one rate per age is what there is to know of it.
 */
final class Ages {
    private static final double[] EDGES_HOURS = {0.34, 1, 3, 8};

    static final int COUNT = EDGES_HOURS.length + 1;

    private Ages() {}

    static int of(Duration age) {
        return of(hours(age));
    }

    static int of(double hours) {
        int bin = 0;
        while (bin < EDGES_HOURS.length && hours >= EDGES_HOURS[bin]) {
            bin++;
        }
        return bin;
    }

    /** How long a state stays in this bin, in hours; without end in the last. */
    static double width(int bin) {
        return bin == COUNT - 1 ? Double.POSITIVE_INFINITY : EDGES_HOURS[bin] - (bin == 0 ? 0 : EDGES_HOURS[bin - 1]);
    }

    static double hours(Duration time) {
        return time.toMillis() / 3_600_000.0;
    }
}
