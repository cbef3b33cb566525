package dev.drover.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rotary position embedding (Su et al., 2021) in the convention of Hugging Face's Llama and Qwen2: dimension {@code i} pairs
 * with {@code i + width / 2} ("rotate half"), not with its neighbour.
 */
final class RotaryEmbedding {
    private static final int HEAD_AXIS = 3;

    private final NDArray cosines;
    private final NDArray sines;

    RotaryEmbedding(NDManager manager, int positions, int headWidth, double theta) {
        int half = headWidth / 2;
        cosines = manager.zeros(new Shape(1, 1, positions, half), DataType.FLOAT32);
        sines = manager.zeros(new Shape(1, 1, positions, half), DataType.FLOAT32);
        MemorySegment cosineMemory = HostMemory.of(cosines);
        MemorySegment sineMemory = HostMemory.of(sines);
        for (int position = 0; position < positions; position++) {
            for (int i = 0; i < half; i++) {
                double angle = position / StrictMath.pow(theta, 2.0 * i / headWidth);
                long at = (long) position * half + i;
                cosineMemory.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at, (float) StrictMath.cos(angle));
                sineMemory.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at, (float) StrictMath.sin(angle));
            }
        }
    }

    /** Rotates {@code x} of shape (batch, heads, positions, head width). */
    NDArray rotate(NDArray x) {
        NDList halves = x.split(2, HEAD_AXIS);
        NDArray first = halves.get(0);
        NDArray second = halves.get(1);
        NDArray rotatedFirst = first.mul(cosines).sub(second.mul(sines));
        NDArray rotatedSecond = second.mul(cosines).add(first.mul(sines));
        return rotatedFirst.concat(rotatedSecond, HEAD_AXIS);
    }
}
