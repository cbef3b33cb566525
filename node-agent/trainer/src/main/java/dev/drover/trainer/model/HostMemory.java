package dev.drover.trainer.model;

import ai.djl.ndarray.NDArray;
import java.lang.foreign.MemorySegment;

/**
 * The memory behind a tensor on the CPU, without a copy.
 *
 * <p>Writes are seen by later operations. The caller keeps the tensor alive and writes only while no operation or gradient
 * that uses the tensor is under way.
 */
public final class HostMemory {
    private HostMemory() {}

    public static MemorySegment of(NDArray tensor) {
        return MemorySegment.ofBuffer(tensor.toByteBuffer(true));
    }
}
