package dev.drover.trainer.model;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * Causal self-attention with grouped queries (Ainslie et al., 2023).
 *
 * <p>Query head {@code h} reads key and value head {@code h / queriesPerGroup}. The queries of a group are laid out as more
 * rows of one product, so keys and values are never repeated in memory.
 */
final class Attention {
    private final Architecture architecture;
    private final Weights weights;
    private final String prefix;
    private final RotaryEmbedding rotary;
    private final NDArray scale;
    private final NDArray causalMask;
    private final float dropout;

    Attention(Architecture architecture, Weights weights, String prefix, Shared shared, float dropout) {
        this.architecture = architecture;
        this.weights = weights;
        this.prefix = prefix;
        this.rotary = shared.rotary();
        this.scale = shared.scale();
        this.causalMask = shared.causalMask();
        this.dropout = dropout;
    }

    /**
     * What all layers have in common.
     *
     * @param scale one over the square root of the head's width, torch-owned
     * @param causalMask (positions, positions): zero where the row may read the column, minus infinity elsewhere
     */
    record Shared(RotaryEmbedding rotary, NDArray scale, NDArray causalMask) {}

    NDArray forward(NDArray x, boolean training) {
        long batch = x.getShape().get(0);
        long positions = x.getShape().get(1);
        long groups = architecture.sizes().kvHeads();
        long queriesPerGroup = architecture.queriesPerGroup();
        long headWidth = architecture.headWidth();
        NDArray queries = rotary.rotate(heads(project(x, "q_proj"), groups * queriesPerGroup));
        NDArray keys = rotary.rotate(heads(project(x, "k_proj"), groups));
        NDArray values = heads(project(x, "v_proj"), groups);

        NDArray grouped = queries.mul(scale).reshape(batch, groups, queriesPerGroup * positions, headWidth);
        NDArray scores = grouped.matMul(keys.transpose(0, 1, 3, 2))
                .reshape(batch, groups, queriesPerGroup, positions, positions)
                .add(causalMask);
        NDArray attention = Ops.dropout(scores.softmax(-1), training ? dropout : 0)
                .reshape(batch, groups, queriesPerGroup * positions, positions);
        NDArray mixed = attention
                .matMul(values)
                .reshape(batch, groups * queriesPerGroup, positions, headWidth)
                .transpose(0, 2, 1, 3)
                .reshape(batch, positions, groups * queriesPerGroup * headWidth);
        return project(mixed, "o_proj");
    }

    private NDArray project(NDArray x, String name) {
        return Ops.linear(x, weights.get(prefix + name + ".weight"), biasOf(name));
    }

    private @Nullable NDArray biasOf(String name) {
        String bias = prefix + name + ".bias";
        return weights.has(bias) ? weights.get(bias) : null;
    }

    private NDArray heads(NDArray x, long heads) {
        long batch = x.getShape().get(0);
        long positions = x.getShape().get(1);
        return x.reshape(batch, positions, heads, architecture.headWidth()).transpose(0, 2, 1, 3);
    }
}
