package dev.drover.cloud.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Every process of an instance.
 *
 * <p>A process whose parent died belongs to nobody in the process table. Where there is a {@code /proc}, those of an instance
 * are still known by the environment they inherited; elsewhere only those that were descendants when asked are found.
 */
final class ProcessTree {
    private static final Path PROC = Path.of("/proc");

    private ProcessTree() {}

    /** Adds to {@code known} what can be found now, and returns those of them that live. */
    static Set<ProcessHandle> living(Set<ProcessHandle> known, String environmentEntry) {
        for (ProcessHandle handle : Set.copyOf(known)) {
            handle.descendants().forEach(known::add);
        }
        known.addAll(inheriting(environmentEntry));
        Set<ProcessHandle> living = new HashSet<>(known);
        living.removeIf(handle -> !isLive(handle));
        return living;
    }

    /** Whether it runs. A dead process that nobody has waited for is dead, though the JDK calls it alive. */
    static boolean isLive(ProcessHandle handle) {
        if (!handle.isAlive()) {
            return false;
        }
        Path stat = PROC.resolve(handle.pid() + "/stat");
        try {
            String line = Files.readString(stat, StandardCharsets.ISO_8859_1);
            // The state follows the command name, which is in parentheses and may hold any byte.
            int state = line.lastIndexOf(')') + 2;
            return state >= line.length() || (line.charAt(state) != 'Z' && line.charAt(state) != 'X');
        } catch (NoSuchFileException e) {
            return !Files.isDirectory(PROC.resolve("self"));
        } catch (IOException e) {
            return handle.isAlive();
        }
    }

    private static Set<ProcessHandle> inheriting(String entry) {
        Set<ProcessHandle> found = new HashSet<>();
        if (!Files.isDirectory(PROC.resolve("self"))) {
            return found;
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (hasEntry(process, entry)) {
                    Optional<ProcessHandle> handle = ProcessHandle.of(
                            Long.parseLong(process.getFileName().toString()));
                    handle.ifPresent(found::add);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not list " + PROC, e);
        }
        return found;
    }

    private static boolean hasEntry(Path process, String entry) {
        try {
            String environment = Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
            return Arrays.asList(environment.split("\0", -1)).contains(entry);
        } catch (IOException e) {
            // Gone meanwhile, or another user's: not ours either way.
            return false;
        }
    }
}
