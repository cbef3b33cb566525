package dev.drover.http;

import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that forgets. */
final class InMemoryStore implements ObjectStore {
    private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
    private final AtomicInteger largestRead = new AtomicInteger();

    void put(String key, String content) {
        objects.put(key, content.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void put(String key, Path file) throws IOException {
        objects.put(key, Files.readAllBytes(file));
    }

    @Override
    public boolean putIfAbsent(String key, byte[] content) {
        return objects.putIfAbsent(key, content.clone()) == null;
    }

    @Override
    public Optional<byte[]> get(String key) {
        return read(Optional.ofNullable(objects.get(key)));
    }

    @Override
    public Optional<byte[]> get(String key, long offset, int atMost) {
        return read(Optional.ofNullable(objects.get(key)).map(content -> {
            int from = (int) Math.min(offset, content.length);
            return Arrays.copyOfRange(content, from, Math.min(content.length, from + atMost));
        }));
    }

    private Optional<byte[]> read(Optional<byte[]> content) {
        largestRead.accumulateAndGet(content.map(bytes -> bytes.length).orElse(0), Math::max);
        return content;
    }

    /** How much was in memory at once, at most. In bytes. */
    int largestRead() {
        return largestRead.get();
    }

    @Override
    public void fetch(String key, Path to) throws IOException {
        Files.write(to, get(key).orElseThrow(() -> new IOException("there is no " + key)));
    }

    @Override
    public OptionalLong length(String key) {
        return get(key).map(content -> OptionalLong.of(content.length)).orElseGet(OptionalLong::empty);
    }

    @Override
    public List<String> list(String prefix) {
        return objects.keySet().stream().filter(key -> key.startsWith(prefix)).toList();
    }

    @Override
    public void deleteAll(String prefix) {
        objects.keySet().removeIf(key -> key.startsWith(prefix));
    }
}
