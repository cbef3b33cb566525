package dev.drover.protocol.job;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Says whether a data file can be used where the shards run, as far as the asked one can tell. */
@FunctionalInterface
public interface DataFiles {
    /** What is wrong with {@code path}: what to use instead, to follow the word "use". Empty when it is fine. */
    Optional<String> problem(String path);

    /** Accepts every path: for readers that can't see the files. */
    static DataFiles unchecked() {
        return path -> Optional.empty();
    }

    /** Checks that the path is absolute and a readable, non-empty file of this machine. */
    static DataFiles onThisMachine() {
        return text -> {
            try {
                Path path = Path.of(text);
                if (!path.isAbsolute()) {
                    return Optional.of("an absolute path");
                }
                return Files.isRegularFile(path)
                                && Files.isReadable(path)
                                && path.toFile().length() > 0
                        ? Optional.empty()
                        : Optional.of("a readable, non-empty file of the machine the scheduler runs on");
            } catch (InvalidPathException e) {
                return Optional.of("an absolute path");
            }
        };
    }
}
