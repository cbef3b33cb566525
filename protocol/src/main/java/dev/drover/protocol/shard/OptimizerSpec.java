package dev.drover.protocol.shard;

/**
 * AdamW with linear warm-up and cosine decay (Loshchilov and Hutter, 2019).
 *
 * @param learningRate the peak, reached after the warm-up
 * @param minLearningRate what the cosine decays to at the last step
 * @param warmupSteps steps of linear warm-up
 * @param weightDecay decoupled, on matrices only
 * @param clipNorm the global gradient norm is scaled down to this; 0 means no clipping
 */
public record OptimizerSpec(
        double learningRate,
        double minLearningRate,
        int warmupSteps,
        double weightDecay,
        double beta1,
        double beta2,
        double epsilon,
        double clipNorm) {}
