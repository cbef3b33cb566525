package dev.drover.agent.fake;

import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** A store whose disk is full, or which is away or slow, when told so. */
public final class FullStore implements ObjectStore {
    private final ObjectStore store;
    private volatile boolean full;
    private volatile boolean fills;
    private volatile boolean failsOnce;
    private volatile boolean unreadable;
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();

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

    /** Nothing can be read. */
    public void unreadable(boolean now) {
        unreadable = now;
    }

    /** What is put or fetched under a key with this in it waits, until the latch is counted down. */
    public CountDownLatch hold(String part) {
        CountDownLatch latch = new CountDownLatch(1);
        held.put(part, latch);
        return latch;
    }

    /** Whether something has come to wait there. */
    public boolean holds(String part) {
        return waiting.contains(part);
    }

    private void pass(String key) throws IOException {
        for (Map.Entry<String, CountDownLatch> hold : held.entrySet()) {
            if (key.contains(hold.getKey())) {
                waiting.add(hold.getKey());
                try {
                    hold.getValue().await();
                } catch (InterruptedException e) {
                    throw new InterruptedIOException("held");
                }
            }
        }
    }

    private void requireReadable() throws IOException {
        if (unreadable) {
            throw new IOException("Connection refused");
        }
    }

    private void requireSpace() throws IOException {
        if (full) {
            throw new IOException("No space left on device");
        }
    }

    @Override
    public void put(String key, Path file) throws IOException {
        pass(key);
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
        requireReadable();
        return store.get(key);
    }

    @Override
    public Optional<byte[]> get(String key, long offset, int atMost) throws IOException {
        return store.get(key, offset, atMost);
    }

    @Override
    public void fetch(String key, Path to) throws IOException {
        requireReadable();
        pass(key);
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
