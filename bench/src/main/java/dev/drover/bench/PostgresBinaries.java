package dev.drover.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The programs of PostgreSQL, out of a Maven artifact, for those who start it themselves. */
public final class PostgresBinaries {
    private PostgresBinaries() {}

    /** Unpacks them, unless they are. */
    public static Path directory() throws IOException {
        Path all = Files.createDirectories(BenchJob.outputs().resolve("postgres"));
        Optional<Path> unpacked = newest(all);
        if (unpacked.isEmpty()) {
            // It unpacks when it is started, and offers no other way.
            EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(all.toFile())
                    .start()
                    .close();
            unpacked = newest(all);
        }
        return unpacked.orElseThrow(() -> new IOException("PostgreSQL was not unpacked in " + all));
    }

    private static Optional<Path> newest(Path all) throws IOException {
        try (Stream<Path> found = Files.list(all)) {
            return found.filter(path -> Files.isExecutable(path.resolve("bin/postgres")))
                    .max(Comparator.naturalOrder());
        }
    }
}
