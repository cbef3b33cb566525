package dev.drover.trainer.checkpoint;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.protocol.shard.ShardWire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where fp32 tensors lie in a safetensors file: sorted by name, without gaps, at 64-bit offsets.
 *
 * <p>Sorting makes the file a function of its content alone, so that equal states give equal bytes.
 */
final class TensorLayout {
    private static final int HEADER_ALIGNMENT = 8;

    private final List<Entry> entries;
    private final long byteSize;

    private TensorLayout(List<Entry> entries, long byteSize) {
        this.entries = entries;
        this.byteSize = byteSize;
    }

    /** One tensor of the file; {@code offset} counts from the end of the header. */
    record Entry(String name, List<Long> shape, long offset, long length) {}

    static TensorLayout of(Map<String, NDArray> tensors) {
        List<Entry> entries = new ArrayList<>();
        long offset = 0;
        for (var tensor : new TreeMap<>(tensors).entrySet()) {
            List<Long> shape = Arrays.stream(tensor.getValue().getShape().getShape())
                    .boxed()
                    .toList();
            long length = tensor.getValue().size() * Float.BYTES;
            entries.add(new Entry(tensor.getKey(), shape, offset, length));
            offset += length;
        }
        return new TensorLayout(List.copyOf(entries), offset);
    }

    List<Entry> entries() {
        return entries;
    }

    /** Bytes of all tensors together. */
    long byteSize() {
        return byteSize;
    }

    /** The start of the file: the header's length and the header, padded so that the tensors begin aligned. */
    ByteBuffer header(Map<String, String> metadata) {
        ObjectNode header = ShardWire.json().createObjectNode();
        ObjectNode described = header.putObject("__metadata__");
        new TreeMap<>(metadata).forEach(described::put);
        for (Entry entry : entries) {
            ObjectNode tensor = header.putObject(entry.name()).put("dtype", "F32");
            ArrayNode shape = tensor.putArray("shape");
            entry.shape().forEach(shape::add);
            tensor.putArray("data_offsets").add(entry.offset()).add(entry.offset() + entry.length());
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padded = Math.ceilDiv(json.length, HEADER_ALIGNMENT) * HEADER_ALIGNMENT;
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(padded).put(json);
        while (start.hasRemaining()) {
            start.put((byte) ' ');
        }
        return start.flip();
    }
}
