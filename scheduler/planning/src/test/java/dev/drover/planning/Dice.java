package dev.drover.planning;

/** A generator of our own (SplitMix64), so that a seed means the same world in every Java. */
final class Dice {
    private long state;

    Dice(long seed) {
        state = seed;
    }

    long next() {
        state += 0x9E3779B97F4A7C15L;
        long mixed = state;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    int upTo(int bound) {
        return (int) Long.remainderUnsigned(next(), bound);
    }

    /** True once in {@code times}. */
    boolean oneIn(int times) {
        return upTo(times) == 0;
    }
}
