package dev.drover.cloud.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One cloud per directory. The system frees the lock when its process dies, however it dies. */
final class DirectoryLock implements AutoCloseable {
    /** POSIX drops a process's lock when it closes any channel of the file: so this process looks here first. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    /** A process that looks whether the lock is taken holds it for a moment, and one that was killed a little longer. */
    private static final int TRIES = 20;

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    private final Path directory;
    private final FileLock lock;

    private DirectoryLock(Path directory, FileLock lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Takes the directory.
     *
     * @param directory its real path
     * @throws IOException if another cloud has it
     */
    static DirectoryLock take(Path directory) throws IOException {
        if (!OWN.add(directory)) {
            throw taken(directory);
        }
        FileChannel channel = open(directory);
        try {
            for (int i = 0; i < TRIES; i++) {
                @Nullable FileLock lock = channel.tryLock();
                if (lock != null) {
                    return new DirectoryLock(directory, lock);
                }
                Thread.sleep(BETWEEN_TRIES);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        channel.close();
        OWN.remove(directory);
        throw taken(directory);
    }

    /** Whether a cloud has the directory, though it may not answer yet. */
    static boolean isTaken(Path directory) throws IOException {
        if (OWN.contains(directory.toRealPath())) {
            return true;
        }
        try (FileChannel channel = open(directory)) {
            return channel.tryLock() == null;
        }
    }

    @Override
    public void close() throws IOException {
        lock.acquiredBy().close();
        OWN.remove(directory);
    }

    private static FileChannel open(Path directory) throws IOException {
        return FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static IOException taken(Path directory) {
        return new IOException("a local cloud already runs in " + directory + "; use it, or stop it first");
    }
}
