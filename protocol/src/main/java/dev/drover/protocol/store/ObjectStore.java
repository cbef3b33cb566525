package dev.drover.protocol.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where checkpoints and logs lie: a flat space of keys with '/' in them.
 *
 * <p>What a call has put is durable when it returns, and readers see a whole object or none. Keys are relative, of plain
 * segments; a key that would leave the store is refused.
 */
public interface ObjectStore {
    /** Puts a file's content, replacing what was there. */
    void put(String key, Path file) throws IOException;

    /** Puts {@code content} if nothing is there, and says whether it did. Of several racing callers one wins. */
    boolean putIfAbsent(String key, byte[] content) throws IOException;

    /** The whole object, for small ones. */
    Optional<byte[]> get(String key) throws IOException;

    /** The part of an object that begins at {@code offset}: {@code atMost} bytes, fewer only where it ends. Empty when there is none. */
    Optional<byte[]> get(String key, long offset, int atMost) throws IOException;

    /** Copies an object to a local file, replacing it. Fails when there is none. */
    void fetch(String key, Path to) throws IOException;

    /** The object's length in bytes, if it is there. */
    OptionalLong length(String key) throws IOException;

    /** Every key under {@code prefix}, sorted. */
    List<String> list(String prefix) throws IOException;

    /** Deletes every object under {@code prefix}; none is fine. */
    void deleteAll(String prefix) throws IOException;
}
