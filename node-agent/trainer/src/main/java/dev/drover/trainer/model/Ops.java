package dev.drover.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.SparseFormat;
import org.jspecify.annotations.Nullable;

/**
 * Operations for differentiated expressions that DJL offers only on its internal interface.
 *
 * <p>None takes a Java number as a tensor operand: DJL wraps those in memory of the Java heap's buffers, which can be freed
 * while the gradient still reads it. Scalars come as torch-owned tensors instead; a test scans for the forbidden form.
 */
final class Ops {
    private Ops() {}

    /** {@code x} times the transpose of {@code weight}, plus {@code bias}. */
    static NDArray linear(NDArray x, NDArray weight, @Nullable NDArray bias) {
        return x.getNDArrayInternal().linear(x, weight, bias).singletonOrThrow();
    }

    static NDArray embedding(NDArray tokens, NDArray table) {
        return tokens.getNDArrayInternal()
                .embedding(tokens, table, SparseFormat.DENSE)
                .singletonOrThrow();
    }

    /** {@code x * sigmoid(x)}. */
    static NDArray silu(NDArray x) {
        return x.mul(x.getNDArrayInternal().sigmoid());
    }

    /** Zeroes values with probability {@code rate} and scales the rest up, from the engine's own random stream. */
    static NDArray dropout(NDArray x, float rate) {
        return rate > 0 ? x.getNDArrayInternal().dropout(x, rate, true).singletonOrThrow() : x;
    }
}
