package dev.drover.trainer.checkpoint;

import ai.djl.ndarray.NDArray;
import dev.drover.trainer.model.HostMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/**
 * A copy of some tensors in host memory that is allocated once and taken over and over.
 *
 * <p>{@link #take()} is the only time training stands still for; {@link #write} reads the copy and can go on behind it. The
 * two must not overlap: whoever owns the image sees to that.
 */
final class TensorImage {
    private static final long WRITE_BYTES = 64L << 20;
    private static final long PAGE_ALIGNMENT = 4096;

    private final Map<String, NDArray> tensors;
    private final TensorLayout layout;
    private final MemorySegment memory;

    TensorImage(Map<String, NDArray> tensors) {
        this.tensors = new TreeMap<>(tensors);
        layout = TensorLayout.of(tensors);
        memory = Arena.ofAuto().allocate(layout.byteSize(), PAGE_ALIGNMENT);
    }

    /** Copies every tensor as it is now. */
    void take() {
        long offset = 0;
        for (NDArray tensor : tensors.values()) {
            MemorySegment source = HostMemory.of(tensor);
            MemorySegment.copy(source, 0, memory, offset, source.byteSize());
            offset += source.byteSize();
        }
    }

    /** Writes the copy as a safetensors file and forces it to the disk. */
    void write(Path file, Map<String, String> metadata) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            writeFully(channel, layout.header(metadata));
            for (long offset = 0; offset < memory.byteSize(); offset += WRITE_BYTES) {
                long length = Math.min(WRITE_BYTES, memory.byteSize() - offset);
                writeFully(channel, memory.asSlice(offset, length).asByteBuffer());
            }
            channel.force(true);
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
