package dev.drover.trainer;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Steps made for nobody, so that the first real one is as fast as the hundredth: classes, compiled code, native kernels, the
 * data's pages. The training is back in its initial state afterwards.
 */
final class WarmUp {
    private static final int LEAST_STEPS = 2;
    private static final int MOST_STEPS = 30;
    private static final Duration ENOUGH = Duration.ofMillis(1500);

    private WarmUp() {}

    static void run(Training training, LongSupplier nanoTime) {
        long from = nanoTime.getAsLong();
        for (int made = 0; made < MOST_STEPS; made++) {
            if (made >= LEAST_STEPS && nanoTime.getAsLong() - from > ENOUGH.toNanos()) {
                break;
            }
            training.step(1);
        }
        training.evaluate(training.spec().steps());
        training.reset();
    }
}
