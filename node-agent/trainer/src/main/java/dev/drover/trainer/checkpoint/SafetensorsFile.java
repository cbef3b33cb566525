package dev.drover.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.shard.ShardWire;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A safetensors file opened for reading: the header checked against the file's length, the tensors mapped.
 *
 * <p>Reads F32, and BF16 and F16 widened to fp32 here in Java, since the native conversion can abort the process. Sizes are
 * 64-bit throughout.
 */
public final class SafetensorsFile implements AutoCloseable {
    private static final long MAX_HEADER_BYTES = 100L << 20;
    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path path;
    private final Arena arena = Arena.ofConfined();
    private final SortedMap<String, Tensor> tensors = new TreeMap<>();
    private final SortedMap<String, String> metadata = new TreeMap<>();

    /** One tensor: its type as the file spells it, its shape, and its bytes. */
    private record Tensor(String type, List<Long> shape, MemorySegment bytes) {
        long elements() {
            return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
        }
    }

    private SafetensorsFile(Path path) {
        this.path = path;
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws IOException naming the file when it can't be read or is not such a file
     */
    public static SafetensorsFile open(Path path) throws IOException {
        var file = new SafetensorsFile(path);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            file.readHeader(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), file.arena));
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw new IOException("can't read " + path + " as safetensors: " + e.getMessage(), e);
        }
    }

    private void readHeader(MemorySegment whole) throws IOException {
        long headerLength = whole.byteSize() < Long.BYTES ? -1 : whole.get(LENGTH, 0);
        if (headerLength < 0 || headerLength > Math.min(MAX_HEADER_BYTES, whole.byteSize() - Long.BYTES)) {
            throw new IOException("the header's length does not fit a file of " + whole.byteSize() + " bytes");
        }
        byte[] json = whole.asSlice(Long.BYTES, headerLength).toArray(ValueLayout.JAVA_BYTE);
        MemorySegment data = whole.asSlice(Long.BYTES + headerLength);
        JsonNode header = ShardWire.json().readTree(new String(json, StandardCharsets.UTF_8));
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (field.getKey().equals("__metadata__")) {
                field.getValue()
                        .properties()
                        .forEach(entry ->
                                metadata.put(entry.getKey(), entry.getValue().asText()));
            } else {
                tensors.put(field.getKey(), tensor(field.getKey(), field.getValue(), data));
            }
        }
    }

    private static Tensor tensor(String name, JsonNode description, MemorySegment data) throws IOException {
        List<Long> shape = new ArrayList<>();
        description.path("shape").forEach(size -> shape.add(size.asLong()));
        long from = description.path("data_offsets").path(0).asLong(-1);
        long to = description.path("data_offsets").path(1).asLong(-1);
        if (from < 0 || to < from || to > data.byteSize()) {
            throw new IOException("tensor %s lies at %d to %d, and the file has %d bytes of tensors"
                    .formatted(name, from, to, data.byteSize()));
        }
        return new Tensor(description.path("dtype").asText(), List.copyOf(shape), data.asSlice(from, to - from));
    }

    /** Names of the tensors, sorted. */
    public List<String> names() {
        return List.copyOf(tensors.keySet());
    }

    public SortedMap<String, String> metadata() {
        return Collections.unmodifiableSortedMap(metadata);
    }

    /** The shape of a tensor, or an empty list when there is no such tensor or it is a scalar. */
    public List<Long> shape(String name) {
        Tensor tensor = tensors.get(name);
        return tensor == null ? List.of() : tensor.shape();
    }

    /**
     * Copies a tensor to {@code destination} as fp32.
     *
     * @throws IOException when the tensor is missing, of another type, or of another size
     */
    public void readFloats(String name, MemorySegment destination) throws IOException {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IOException(path + " has no tensor " + name);
        }
        long elements = tensor.elements();
        int width = switch (tensor.type()) {
            case "F32" -> Float.BYTES;
            case "BF16", "F16" -> Short.BYTES;
            default ->
                throw new IOException(
                        "%s: tensor %s is %s; F32, BF16 and F16 can be read".formatted(path, name, tensor.type()));
        };
        if (elements * Float.BYTES != destination.byteSize()
                || elements * width != tensor.bytes().byteSize()) {
            throw new IOException("%s: tensor %s has shape %s and %d bytes, and %d values are wanted"
                    .formatted(
                            path,
                            name,
                            tensor.shape(),
                            tensor.bytes().byteSize(),
                            destination.byteSize() / Float.BYTES));
        }
        switch (tensor.type()) {
            case "F32" -> destination.copyFrom(tensor.bytes());
            case "BF16" -> widen(tensor.bytes(), destination, elements, half -> Float.intBitsToFloat(half << 16));
            default -> widen(tensor.bytes(), destination, elements, Float::float16ToFloat);
        }
    }

    @FunctionalInterface
    private interface Widening {
        float widen(short half);
    }

    private static void widen(MemorySegment source, MemorySegment destination, long elements, Widening widening) {
        for (long i = 0; i < elements; i++) {
            destination.setAtIndex(FLOAT, i, widening.widen(source.getAtIndex(HALF, i)));
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
