package dev.drover.planning.policy;

import java.util.Arrays;

/**
 * How often a state ends, by its age, as seen so far: the ends and the hours looked on, for each bin of {@link Ages}.
 * Immutable.
 */
final class Rates {
    static final Rates NONE = new Rates(new double[Ages.COUNT], new double[Ages.COUNT]);

    private final double[] ends;
    private final double[] hours;

    private Rates(double[] ends, double[] hours) {
        this.ends = ends;
        this.hours = hours;
    }

    /** After looking on for {@code hours} at a state of this age, which then ended or did not. */
    Rates plus(int age, double seenHours, boolean ended) {
        double[] newHours = hours.clone();
        newHours[age] += seenHours;
        double[] newEnds = ends;
        if (ended) {
            newEnds = ends.clone();
            newEnds[age]++;
        }
        return new Rates(newEnds, newHours);
    }

    Rates plus(Rates other) {
        double[] newEnds = ends.clone();
        double[] newHours = hours.clone();
        for (int age = 0; age < Ages.COUNT; age++) {
            newEnds[age] += other.ends[age];
            newHours[age] += other.hours[age];
        }
        return new Rates(newEnds, newHours);
    }

    /** How long was looked on, at whatever age. */
    double hours() {
        return Arrays.stream(hours).sum();
    }

    /**
     * Ends per hour at this age: the mean of the Gamma posterior after a prior of {@code weight} ends in
     * {@code weight / prior} hours.
     */
    double perHour(int age, double prior, double weight) {
        return (weight + ends[age]) / (weight / prior + hours[age]);
    }
}
