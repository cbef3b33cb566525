package dev.drover.trainer.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file whose bytes are its tokens, mapped rather than read: several shards of a node share the page cache. */
final class MappedBytes implements Tokens {
    private final MemorySegment bytes;

    private MappedBytes(MemorySegment bytes) {
        this.bytes = bytes;
    }

    static MappedBytes open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new MappedBytes(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
        }
    }

    @Override
    public long size() {
        return bytes.byteSize();
    }

    @Override
    public int at(long index) {
        return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, index));
    }
}
