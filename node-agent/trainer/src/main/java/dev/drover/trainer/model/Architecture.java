package dev.drover.trainer.model;

import dev.drover.protocol.shard.ModelSpec;

/**
 * Everything that fixes the shape of a decoder and the meaning of its weights.
 *
 * @param vocabulary number of token ids
 * @param ropeTheta base of the rotary frequencies
 * @param normEpsilon added to the mean square in RMSNorm
 * @param attentionBias whether query, key and value projections have a bias, as Qwen2's do
 */
public record Architecture(
        ModelSpec sizes, int vocabulary, double ropeTheta, double normEpsilon, boolean attentionBias) {
    /** What models trained from scratch use: no bias, theta 10,000, epsilon 1e-6. */
    public static Architecture of(ModelSpec sizes, int vocabulary) {
        return new Architecture(sizes, vocabulary, 10_000, 1e-6, false);
    }

    /** Width of one attention head. */
    public int headWidth() {
        return sizes.width() / sizes.heads();
    }

    /** Query heads that share one key and value head. */
    public int queriesPerGroup() {
        return sizes.heads() / sizes.kvHeads();
    }
}
