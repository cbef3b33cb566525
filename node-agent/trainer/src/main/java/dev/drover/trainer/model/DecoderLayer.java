package dev.drover.trainer.model;

import ai.djl.ndarray.NDArray;

/** One block: attention and feed-forward, each normalized before and added to the residual stream. */
final class DecoderLayer {
    private final RmsNorm attentionNorm;
    private final Attention attention;
    private final RmsNorm feedForwardNorm;
    private final SwiGlu feedForward;
    private final float dropout;

    DecoderLayer(
            Architecture architecture,
            Weights weights,
            int layer,
            Attention.Shared shared,
            NDArray normEpsilon,
            float dropout) {
        String prefix = Weights.layerPrefix(layer);
        attentionNorm = new RmsNorm(weights.get(prefix + "input_layernorm.weight"), normEpsilon);
        attention = new Attention(architecture, weights, prefix + "self_attn.", shared, dropout);
        feedForwardNorm = new RmsNorm(weights.get(prefix + "post_attention_layernorm.weight"), normEpsilon);
        feedForward = new SwiGlu(weights, prefix + "mlp.");
        this.dropout = dropout;
    }

    NDArray forward(NDArray x, boolean training) {
        float rate = training ? dropout : 0;
        NDArray attended = x.add(Ops.dropout(attention.forward(attentionNorm.forward(x), training), rate));
        return attended.add(Ops.dropout(feedForward.forward(feedForwardNorm.forward(attended)), rate));
    }
}
