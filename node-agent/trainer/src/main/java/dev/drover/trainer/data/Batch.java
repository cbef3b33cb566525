package dev.drover.trainer.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.drover.trainer.model.HostMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One micro-batch in tensors that torch owns and every step refills.
 *
 * <p>The gradient of an embedding and of a gather reads its indices again, so they must not lie in memory that Java may free.
 * Refill only after the backward pass that used the batch.
 */
public final class Batch {
    private final int rows;
    private final int context;
    private final NDArray tokens;
    private final NDArray targets;
    private final NDArray weights;
    private final MemorySegment tokenMemory;
    private final MemorySegment targetMemory;
    private final MemorySegment weightMemory;

    public Batch(NDManager manager, int rows, int context) {
        this.rows = rows;
        this.context = context;
        long size = (long) rows * context;
        tokens = manager.zeros(new Shape(rows, context), DataType.INT64);
        targets = manager.zeros(new Shape(size, 1), DataType.INT64);
        weights = manager.zeros(new Shape(size, 1), DataType.FLOAT32);
        tokenMemory = HostMemory.of(tokens);
        targetMemory = HostMemory.of(targets);
        weightMemory = HostMemory.of(weights);
    }

    /** Sets one position of one row. A weight of zero leaves the target out of the loss. */
    public void set(int row, int position, int token, int target, float weight) {
        long at = (long) row * context + position;
        tokenMemory.setAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, at, token);
        targetMemory.setAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, at, target);
        weightMemory.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at, weight);
    }

    public int rows() {
        return rows;
    }

    public int context() {
        return context;
    }

    /** Ids, (rows, context). */
    public NDArray tokens() {
        return tokens;
    }

    /** Ids, (rows x context, 1). */
    public NDArray targets() {
        return targets;
    }

    /** Weight of each target in the loss, (rows x context, 1). */
    public NDArray weights() {
        return weights;
    }
}
