package dev.drover.protocol.checkpoint;

import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A store as seen from a machine that has no room for a copy. */
record DisklessStore(ObjectStore store) implements ObjectStore {
    @Override
    public void fetch(String key, Path to) throws IOException {
        throw new IOException("No space left on device");
    }

    @Override
    public void put(String key, Path file) throws IOException {
        store.put(key, file);
    }

    @Override
    public boolean putIfAbsent(String key, byte[] content) throws IOException {
        return store.putIfAbsent(key, content);
    }

    @Override
    public Optional<byte[]> get(String key) throws IOException {
        return store.get(key);
    }

    @Override
    public Optional<byte[]> get(String key, long offset, int atMost) throws IOException {
        return store.get(key, offset, atMost);
    }

    @Override
    public OptionalLong length(String key) throws IOException {
        return store.length(key);
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        return store.list(prefix);
    }

    @Override
    public void deleteAll(String prefix) throws IOException {
        store.deleteAll(prefix);
    }
}
