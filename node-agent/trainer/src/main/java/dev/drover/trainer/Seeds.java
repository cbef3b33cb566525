package dev.drover.trainer;

/**
 * Derives independent random streams from the job's seed.
 *
 * <p>The state of the native generator can't be saved, so nothing here has state: every use of randomness names what it is for
 * (which shard, step, micro-step, parameter), and gets the same numbers whenever it asks again.
 */
public final class Seeds {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private Seeds() {}

    /** A seed for the stream named by {@code labels}. */
    public static long derive(long seed, long... labels) {
        long mixed = mix(seed + GOLDEN_GAMMA);
        for (long label : labels) {
            mixed = mix((mixed ^ mix(label + GOLDEN_GAMMA)) + GOLDEN_GAMMA);
        }
        return mixed;
    }

    /** SplitMix64's finalizer (Steele, Lea and Flood, 2014). */
    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
