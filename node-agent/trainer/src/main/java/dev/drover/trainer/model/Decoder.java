package dev.drover.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A decoder-only transformer with its output head tied to the embedding.
 *
 * <p>Build it outside any {@code NDScope}: its constants live as long as the manager. Not safe for use by several threads.
 */
public final class Decoder {
    private final NDArray embedding;
    private final List<DecoderLayer> layers = new ArrayList<>();
    private final RmsNorm finalNorm;
    private final float dropout;

    /**
     * @param positions length of every sequence
     * @param dropout rate on the embedding, the attention and both residual branches, while training
     */
    public Decoder(NDManager manager, Architecture architecture, Weights weights, int positions, float dropout) {
        NDArray normEpsilon = scalar(manager, (float) architecture.normEpsilon());
        var shared = new Attention.Shared(
                new RotaryEmbedding(manager, positions, architecture.headWidth(), architecture.ropeTheta()),
                scalar(manager, (float) (1 / Math.sqrt(architecture.headWidth()))),
                causalMask(manager, positions));
        for (int layer = 0; layer < architecture.sizes().layers(); layer++) {
            layers.add(new DecoderLayer(architecture, weights, layer, shared, normEpsilon, dropout));
        }
        embedding = weights.get(Weights.EMBEDDING);
        finalNorm = new RmsNorm(weights.get(Weights.FINAL_NORM), normEpsilon);
        this.dropout = dropout;
    }

    private static NDArray scalar(NDManager manager, float value) {
        return manager.full(new Shape(), value, DataType.FLOAT32);
    }

    private static NDArray causalMask(NDManager manager, int positions) {
        NDArray mask = manager.zeros(new Shape(positions, positions), DataType.FLOAT32);
        MemorySegment memory = HostMemory.of(mask);
        for (int row = 0; row < positions; row++) {
            for (int column = row + 1; column < positions; column++) {
                memory.setAtIndex(
                        ValueLayout.JAVA_FLOAT_UNALIGNED, (long) row * positions + column, Float.NEGATIVE_INFINITY);
            }
        }
        return mask;
    }

    /**
     * Scores of the next token at every position.
     *
     * @param tokens ids, (batch, positions)
     * @return (batch x positions, vocabulary)
     */
    public NDArray logits(NDArray tokens, boolean training) {
        NDArray x = Ops.dropout(Ops.embedding(tokens, embedding), training ? dropout : 0);
        for (DecoderLayer layer : layers) {
            x = layer.forward(x, training);
        }
        long rows = tokens.size();
        NDArray flat = finalNorm.forward(x).reshape(rows, embedding.getShape().get(1));
        return Ops.linear(flat, embedding, null);
    }

    /**
     * Weighted sum of the negative log-likelihoods of {@code targets}, in nats.
     *
     * @param targets ids, (batch x positions, 1)
     * @param weights of each target, same shape; zero leaves a token out
     */
    public NDArray loss(NDArray tokens, NDArray targets, NDArray weights, boolean training) {
        return logits(tokens, training)
                .logSoftmax(-1)
                .gather(targets, 1)
                .mul(weights)
                .sum()
                .neg();
    }
}
