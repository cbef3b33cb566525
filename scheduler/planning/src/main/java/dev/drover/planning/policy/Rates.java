package dev.drover.planning.policy;

import java.util.Arrays;
import java.util.List;

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

    double allEnds() {
        return Arrays.stream(ends).sum();
    }

    /** How long was looked on, at whatever age. */
    double allHours() {
        return Arrays.stream(hours).sum();
    }

    /** How many ends there would have been in the hours looked on, at so many per hour of each age. */
    double endsAt(List<Double> perHour) {
        double expected = 0;
        for (int age = 0; age < Ages.COUNT; age++) {
            expected += perHour.get(age) * hours[age];
        }
        return expected;
    }

    /**
     * Ends per hour at this age: the mean of the Gamma posterior after a prior of {@code weight} ends in
     * {@code weight / prior} hours.
     */
    double perHour(int age, double prior, double weight) {
        return (weight + ends[age]) / (weight / prior + hours[age]);
    }

    /** The same of spells of any age, taken for memoryless. */
    double perHourAtAnyAge(double prior, double weight) {
        return (weight + allEnds()) / (weight / prior + allHours());
    }
}
