package dev.drover.protocol.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A store in a directory, shared by every process that opens it.
 *
 * <p>An object is written under another name, forced to disk, and then given its key in one step: by rename, or by a hard
 * link where it must not replace another. Guarantees what {@link ObjectStore} does on a local file system; on NFS the
 * exclusive put is as good as the server's link call. What a killed writer left half-written is swept some hours later.
 */
public final class FileObjectStore implements ObjectStore {
    private static final System.Logger LOG = System.getLogger(FileObjectStore.class.getName());

    /** Not a possible segment of a key. */
    private static final String STAGING = ".staging";

    /** No live writer leaves a staged file untouched for so long: every write renews its time. */
    private static final Duration ABANDONED_AFTER = Duration.ofHours(6);

    private static final Duration SWEEP_EVERY = Duration.ofHours(1);
    private static final int RACES = 16;

    private final Path root;
    private final AtomicLong sweptAtMillis = new AtomicLong();

    /** Opens the store at {@code root}, creating the directory if need be. */
    public FileObjectStore(Path root) throws IOException {
        this.root = root.toAbsolutePath().normalize();
        Files.createDirectories(this.root.resolve(STAGING));
    }

    @Override
    public void put(String key, Path file) throws IOException {
        Path target = path(key);
        Path staged = stage();
        try {
            Files.copy(file, staged, StandardCopyOption.REPLACE_EXISTING);
            force(staged);
            place(target, () -> Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE));
        } finally {
            Files.deleteIfExists(staged);
        }
    }

    @Override
    public boolean putIfAbsent(String key, byte[] content) throws IOException {
        Path target = path(key);
        if (Files.exists(target)) {
            return false;
        }
        Path staged = stage();
        try {
            try (FileChannel channel = FileChannel.open(staged, StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(content);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.force(true);
            }
            place(target, () -> Files.createLink(target, staged));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            Files.deleteIfExists(staged);
        }
    }

    @Override
    public Optional<byte[]> get(String key) throws IOException {
        Path path = path(key);
        try {
            return Files.isDirectory(path) ? Optional.empty() : Optional.of(Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            requireRoot();
            return Optional.empty();
        }
    }

    @Override
    public Optional<byte[]> get(String key, long offset, int atMost) throws IOException {
        Path path = path(key);
        if (!Files.isRegularFile(path)) {
            requireRoot();
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            InputStream from = Channels.newInputStream(channel.position(offset));
            return Optional.of(from.readNBytes(atMost));
        } catch (NoSuchFileException e) {
            requireRoot();
            return Optional.empty();
        }
    }

    @Override
    public void fetch(String key, Path to) throws IOException {
        Files.copy(path(key), to, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public OptionalLong length(String key) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path(key), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? OptionalLong.of(attributes.size()) : OptionalLong.empty();
        } catch (NoSuchFileException e) {
            requireRoot();
            return OptionalLong.empty();
        }
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        StoreKeys.requirePrefix(prefix);
        requireRoot();
        Path from = root.resolve(prefix.substring(0, prefix.lastIndexOf('/') + 1));
        List<String> keys = new ArrayList<>();
        if (Files.isDirectory(from)) {
            Files.walkFileTree(from, new KeyCollector(prefix, keys));
        }
        Collections.sort(keys);
        return List.copyOf(keys);
    }

    @Override
    public void deleteAll(String prefix) throws IOException {
        for (String key : list(prefix)) {
            Path path = path(key);
            Files.deleteIfExists(path);
            removeEmptyParents(path);
        }
    }

    private Path path(String key) {
        return root.resolve(StoreKeys.require(key));
    }

    /** A directory that is not mounted looks empty: whoever asks must not take that for an answer. */
    private void requireRoot() throws IOException {
        if (!Files.isDirectory(root.resolve(STAGING))) {
            throw new IOException("the store " + root + " is not there; is it mounted?");
        }
    }

    private Path stage() throws IOException {
        Path staged = Files.createTempFile(root.resolve(STAGING), "put-", "");
        Instant now = Files.getLastModifiedTime(staged).toInstant();
        long before = sweptAtMillis.get();
        if (before < now.minus(SWEEP_EVERY).toEpochMilli() && sweptAtMillis.compareAndSet(before, now.toEpochMilli())) {
            sweep(now.minus(ABANDONED_AFTER));
        }
        return staged;
    }

    /** Deletes what writers that were killed left staged. Times are the store's own, and trouble waits for the next sweep. */
    private void sweep(Instant oldest) {
        try (DirectoryStream<Path> staged = Files.newDirectoryStream(root.resolve(STAGING))) {
            for (Path file : staged) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.log(System.Logger.Level.DEBUG, "the sweep of the staged files ended early", e);
        }
    }

    /** A racing deletion may take an empty directory away between its creation and its use: then again. */
    private void place(Path target, Placement placement) throws IOException {
        Path directory = parent(target);
        for (int race = 1; ; race++) {
            try {
                createDirectories(directory);
                placement.run();
                forceDirectory(directory);
                return;
            } catch (NoSuchFileException e) {
                if (race == RACES) {
                    throw e;
                }
            }
        }
    }

    private void createDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        createDirectories(parent(directory));
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        forceDirectory(parent(directory));
    }

    private void removeEmptyParents(Path path) throws IOException {
        try {
            for (Path directory = parent(path); !directory.equals(root); directory = parent(directory)) {
                Files.deleteIfExists(directory);
            }
        } catch (DirectoryNotEmptyException e) {
            return;
        }
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalStateException(path + " lies outside every store");
        }
        return parent;
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @FunctionalInterface
    private interface Placement {
        void run() throws IOException;
    }

    private final class KeyCollector extends SimpleFileVisitor<Path> {
        private final String prefix;
        private final List<String> keys;

        KeyCollector(String prefix, List<String> keys) {
            this.prefix = prefix;
            this.keys = keys;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return directory.equals(root.resolve(STAGING)) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String key = root.relativize(file).toString();
            if (key.startsWith(prefix)) {
                keys.add(key);
            }
            return FileVisitResult.CONTINUE;
        }

        /** What went away while the tree was walked is not there. */
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }
    }
}
