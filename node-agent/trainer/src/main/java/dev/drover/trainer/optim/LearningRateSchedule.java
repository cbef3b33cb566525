package dev.drover.trainer.optim;

import dev.drover.protocol.shard.OptimizerSpec;

/** Linear warm-up to the peak, then half a cosine down to the minimum, which the last step has: a pure function of the step. */
public record LearningRateSchedule(double peak, double minimum, int warmupSteps, int steps) {
    public static LearningRateSchedule of(OptimizerSpec spec, int steps) {
        return new LearningRateSchedule(spec.learningRate(), spec.minLearningRate(), spec.warmupSteps(), steps);
    }

    /** The rate of {@code step}, from 1. */
    public double at(int step) {
        if (step < warmupSteps) {
            return peak * step / warmupSteps;
        }
        if (steps <= warmupSteps) {
            return peak;
        }
        double progress = (double) (step - warmupSteps) / (steps - warmupSteps);
        // StrictMath: the same bits on every machine and in every compilation.
        return minimum + (peak - minimum) * 0.5 * (1 + StrictMath.cos(StrictMath.PI * progress));
    }
}
