package dev.drover.trainer.data;

import dev.drover.trainer.Seeds;
import java.util.SplittableRandom;

/**
 * Which sample the shard sees at each place of its training: a pure function of the place, so that resuming needs only a
 * number, and the same global batch cut into other micro-batches holds the same samples.
 */
@FunctionalInterface
public interface SampleOrder {
    /** The sample at {@code cursor}, which counts the shard's samples from 0. */
    long sampleAt(long cursor);

    /** Each draw is independent: for windows of a text, where any start is as good as another. */
    static SampleOrder independent(long seed, int shard, long samples) {
        return cursor -> new SplittableRandom(Seeds.derive(seed, shard, cursor)).nextLong(samples);
    }

    /** Every sample once per epoch, shuffled anew for each: for rows. */
    static SampleOrder epochs(long seed, int shard, int samples) {
        return new SampleOrder() {
            private long shuffledEpoch = -1;
            private int[] order = new int[0];

            @Override
            public long sampleAt(long cursor) {
                long epoch = cursor / samples;
                if (epoch != shuffledEpoch) {
                    order = shuffled(samples, Seeds.derive(seed, shard, epoch));
                    shuffledEpoch = epoch;
                }
                return order[(int) (cursor % samples)];
            }
        };
    }

    /** {@code count} samples spread evenly over the corpus. */
    static SampleOrder evenly(long samples, long count) {
        return cursor -> cursor * samples / count;
    }

    private static int[] shuffled(int samples, long seed) {
        var random = new SplittableRandom(seed);
        int[] order = new int[samples];
        for (int i = 0; i < samples; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
