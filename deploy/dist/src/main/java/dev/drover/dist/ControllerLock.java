package dev.drover.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One controller per home. The system frees the lock when its process dies, however it dies. */
final class ControllerLock implements AutoCloseable {
    private final Home home;
    private final FileChannel held;

    private ControllerLock(Home home, FileChannel held) {
        this.home = home;
        this.held = held;
    }

    /** The lock, or empty when another process has it. */
    static Optional<ControllerLock> take(Home home) throws IOException {
        Files.createDirectories(home.root());
        FileChannel channel = FileChannel.open(home.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(new ControllerLock(home, channel));
    }

    /** What it keeps others from. */
    Home home() {
        return home;
    }

    @Override
    public void close() {
        try {
            held.close();
        } catch (IOException e) {
            throw new UncheckedIOException("can't release " + home.lock(), e);
        }
    }
}
