package dev.drover.trainer.model;

import ai.djl.ndarray.NDArray;

/** The gated feed-forward block: {@code down(silu(gate(x)) * up(x))} (Shazeer, 2020). */
final class SwiGlu {
    private final NDArray gate;
    private final NDArray up;
    private final NDArray down;

    SwiGlu(Weights weights, String prefix) {
        gate = weights.get(prefix + "gate_proj.weight");
        up = weights.get(prefix + "up_proj.weight");
        down = weights.get(prefix + "down_proj.weight");
    }

    NDArray forward(NDArray x) {
        NDArray gated = Ops.silu(Ops.linear(x, gate, null)).mul(Ops.linear(x, up, null));
        return Ops.linear(gated, down, null);
    }
}
