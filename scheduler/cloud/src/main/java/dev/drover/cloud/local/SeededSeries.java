package dev.drover.cloud.local;

import java.time.Duration;

/**
 * A mean-reverting walk between two bounds.
 *
 * <p>Value n is the decaying sum of the last {@value #MEMORY} shocks, each a hash of the seed and its step: so any moment can
 * be asked for by itself, and asking changes nothing. With a decay of 0.9 a shock is half gone after seven steps.
 */
record SeededSeries(long seed, double lowest, double highest, Duration step) implements SteppedSeries {
    private static final int MEMORY = 64;
    private static final double DECAY = 0.9;

    @Override
    public double at(Duration elapsed) {
        long index = elapsed.dividedBy(step);
        double sum = 0;
        for (int back = MEMORY - 1; back >= 0; back--) {
            sum = sum * DECAY + shock(index - back);
        }
        double level = 0.5 + 0.5 * sum / (1 + Math.abs(sum));
        return lowest + (highest - lowest) * level;
    }

    /** Uniform in [-1, 1). */
    private double shock(long index) {
        return (mix(seed ^ mix(index)) >> 11) * 0x1.0p-52;
    }

    /** The finalizer of splitmix64: every bit of the input moves about half of the output. */
    static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** A seed of its own for each name, so that adding a market moves no other. */
    static long seedFor(long seed, String name) {
        long mixed = mix(seed);
        for (int i = 0; i < name.length(); i++) {
            mixed = mix(mixed ^ name.charAt(i));
        }
        return mixed;
    }
}
