package dev.drover.trainer;

import ai.djl.util.Utils;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/**
 * Lets one process at a time unpack a native library into DJL's cache.
 *
 * <p>DJL moves the unpacked directory into place whole, but then copies its bridge library into that directory under a
 * temporary name, and a second process that starts meanwhile loads every file it finds there. Once the last file lies in
 * place there is nothing to guard, and processes start without waiting for each other.
 */
public final class NativeUnpacking {
    private NativeUnpacking() {}

    /** Something that loads a native library. */
    @FunctionalInterface
    public interface Loading<T> {
        T load() throws IOException;
    }

    /**
     * Runs {@code loading}, alone on this machine's cache if {@code lastFile} is not unpacked yet.
     *
     * @param engine DJL's name of the cache directory
     * @param lastFile how the name of the file that is unpacked last ends
     */
    public static <T> T guarded(String engine, String lastFile, Loading<T> loading) throws IOException {
        Path cache = Utils.getEngineCacheDir(engine);
        if (isUnpacked(cache, lastFile)) {
            return loading.load();
        }
        Files.createDirectories(cache);
        try (FileChannel channel = FileChannel.open(
                        cache.resolve("unpacking.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            T loaded = loading.load();
            lock.release();
            return loaded;
        }
    }

    private static boolean isUnpacked(Path cache, String lastFile) throws IOException {
        if (!Files.isDirectory(cache)) {
            return false;
        }
        try (Stream<Path> files = Files.find(cache, 2, (path, attributes) -> attributes.isRegularFile())) {
            return files.anyMatch(file -> file.toString().endsWith(lastFile)
                    && !cache.relativize(file).toString().startsWith("tmp"));
        }
    }
}
