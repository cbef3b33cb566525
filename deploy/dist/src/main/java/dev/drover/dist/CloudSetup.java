package dev.drover.dist;

import dev.drover.cloud.local.LocalCloudProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The local cloud that schedulers launch on: one process, however many there are.
 *
 * @param catalog what it sells; read only when it is started
 * @param seed of its prices and capacity; read only when it is started
 */
record CloudSetup(Home home, Optional<Path> catalog, Optional<Long> seed) {
    /** Starts it, unless it runs. */
    void start() throws IOException, InterruptedException {
        Files.createDirectories(home.root());
        Programs.describe(home);
        LocalCloudProcess.Options options = LocalCloudProcess.Options.of(home.cloud(), home.image());
        LocalCloudProcess.Options sold = catalog.map(options::withCatalog).orElse(options);
        LocalCloudProcess.startIfAbsent(seed.map(sold::withSeed).orElse(sold));
    }

    /** Its directory. */
    Path directory() {
        return home.cloud();
    }
}
