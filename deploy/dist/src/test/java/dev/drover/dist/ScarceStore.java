package dev.drover.dist;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A store's directory that can be made to take no more: a small file system of its own where one may be mounted, else one
 * whose place for files in progress is taken away.
 */
sealed interface ScarceStore extends AutoCloseable {
    /** Where the store is. */
    Path directory();

    /** From now on it takes nothing. */
    void fill() throws IOException;

    /** It takes more again. */
    void free() throws IOException;

    /** What a writer hears while it is full. */
    String complaint();

    @Override
    void close() throws IOException;

    static ScarceStore in(Path directory) throws IOException {
        Files.createDirectories(directory);
        if (run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", directory.toString())) {
            return new Small(directory);
        }
        System.out.println("no file system can be mounted here: the store is made unusable instead of full");
        return new Barred(directory);
    }

    /** 16 MiB of memory. */
    record Small(Path directory) implements ScarceStore {
        private static final int BLOCK = 4096;

        @Override
        public void fill() throws IOException {
            byte[] block = new byte[BLOCK];
            try (OutputStream out = Files.newOutputStream(directory.resolve("ballast"))) {
                while (true) {
                    out.write(block);
                }
            } catch (IOException full) {
                if (Files.getFileStore(directory).getUsableSpace() >= BLOCK) {
                    throw full;
                }
            }
        }

        @Override
        public void free() throws IOException {
            Files.delete(directory.resolve("ballast"));
        }

        @Override
        public String complaint() {
            return "No space left on device";
        }

        @Override
        public void close() throws IOException {
            if (!run("umount", directory.toString())) {
                throw new IOException("can't unmount " + directory);
            }
        }
    }

    /** Its staging directory is a file meanwhile, which stops even a privileged writer. */
    record Barred(Path directory) implements ScarceStore {
        @Override
        public void fill() throws IOException {
            Files.move(staging(), aside());
            Files.createFile(staging());
        }

        @Override
        public void free() throws IOException {
            Files.delete(staging());
            Files.move(aside(), staging());
        }

        @Override
        public String complaint() {
            return ".staging";
        }

        @Override
        public void close() {}

        private Path staging() {
            return directory.resolve(".staging");
        }

        private Path aside() {
            return directory.resolve(".staging-aside");
        }
    }

    private static boolean run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return process.waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + command[0] + " ran");
        }
    }
}
