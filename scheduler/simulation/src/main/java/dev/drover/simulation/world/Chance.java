package dev.drover.simulation.world;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** One stream of random choices. Each kind of thing draws from its own, so that one more kind does not reshuffle the others. */
final class Chance {
    private final SplittableRandom random;

    private Chance(SplittableRandom random) {
        this.random = random;
    }

    static Chance of(long seed, String stream) {
        long mixed = seed;
        for (int i = 0; i < stream.length(); i++) {
            mixed = (mixed ^ stream.charAt(i)) * 0x100000001B3L;
        }
        return new Chance(new SplittableRandom(mixed));
    }

    int upTo(int bound) {
        return random.nextInt(bound);
    }

    /** True once in {@code times}. */
    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    boolean happens(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    <T> T of(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    Duration between(Duration least, Duration most) {
        return Duration.ofMillis(random.nextLong(least.toMillis(), most.toMillis() + 1));
    }

    /** Exponentially distributed: the time to the next of what comes at random. */
    Duration about(Duration mean) {
        return Duration.ofMillis((long) (-Math.log(1 - random.nextDouble()) * mean.toMillis()));
    }
}
