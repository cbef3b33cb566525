package dev.drover.trainer.model;

import ai.djl.ndarray.NDArray;

/** Scales each vector to root mean square one, then by a learned gain (Zhang and Sennrich, 2019). */
final class RmsNorm {
    private static final int[] LAST_AXIS = {-1};

    private final NDArray gain;
    private final NDArray epsilon;

    /** The scalar {@code epsilon} is a torch-owned tensor; see {@link Ops}. */
    RmsNorm(NDArray gain, NDArray epsilon) {
        this.gain = gain;
        this.epsilon = epsilon;
    }

    NDArray forward(NDArray x) {
        NDArray meanSquare = x.square().mean(LAST_AXIS, true);
        return x.div(meanSquare.add(epsilon).sqrt()).mul(gain);
    }
}
