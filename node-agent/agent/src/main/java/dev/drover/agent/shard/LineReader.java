package dev.drover.agent.shard;

import dev.drover.protocol.shard.ShardWire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads lines of bounded length from a channel. Not thread-safe. */
final class LineReader {
    private static final int BUFFER_BYTES = 1 << 14;

    private final ReadableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    LineReader(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /**
     * The next line without its newline; empty at the end. A last line without newline is none.
     *
     * @throws IllegalArgumentException when a line is too long
     */
    Optional<String> next() throws IOException {
        while (true) {
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next == '\n') {
                    String text = line.toString(StandardCharsets.UTF_8);
                    line.reset();
                    return Optional.of(text);
                }
                line.write(next);
                if (line.size() > ShardWire.MAX_LINE_BYTES) {
                    throw new IllegalArgumentException("a line of more than " + ShardWire.MAX_LINE_BYTES + " bytes");
                }
            }
            buffer.clear();
            int read = channel.read(buffer);
            buffer.flip();
            if (read < 0) {
                return Optional.empty();
            }
        }
    }
}
