package dev.drover.agent.fake;

import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A store whose disk is full when told so. */
public final class FullStore implements ObjectStore {
    private final ObjectStore store;
    private volatile boolean full;
    private volatile boolean fills;
    private volatile boolean failsOnce;

    public FullStore(ObjectStore store) {
        this.store = store;
    }

    public void full(boolean now) {
        full = now;
        fills = false;
    }

    /** The next checkpoint is the last one there is space for. */
    public void fullAfterTheNextManifest() {
        fills = true;
    }

    /** The next manifest is put, and its writer told that it is not. */
    public void failOnceAfterPutting() {
        failsOnce = true;
    }

    private void requireSpace() throws IOException {
        if (full) {
            throw new IOException("No space left on device");
        }
    }

    @Override
    public void put(String key, Path file) throws IOException {
        requireSpace();
        store.put(key, file);
    }

    @Override
    public boolean putIfAbsent(String key, byte[] content) throws IOException {
        requireSpace();
        full = fills;
        boolean put = store.putIfAbsent(key, content);
        if (failsOnce) {
            failsOnce = false;
            throw new IOException("Stale file handle");
        }
        return put;
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
    public void fetch(String key, Path to) throws IOException {
        store.fetch(key, to);
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
