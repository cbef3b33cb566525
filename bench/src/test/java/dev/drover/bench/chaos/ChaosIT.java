package dev.drover.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.bench.chaos.Campaign.Settings;
import dev.drover.bench.chaos.check.Checks;
import dev.drover.bench.chaos.check.Violation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short {@code bench/chaos} on loopback: one job at a time, five faults. The lease is long, since on a machine that builds at the same time
 * a healthy node may be silent for a while, which is not what this is about.
 */
@Timeout(900)
class ChaosIT {
    private static final Settings SHORT = new Settings(8, 5, 1, 1, Duration.ofMinutes(2), true, "dcit");

    @Test
    void everyPromiseOutlivesAFewFaults(@TempDir Path directory) throws Exception {
        SHORT.write(directory);
        Campaign.Outcome outcome = new Campaign(directory.toRealPath(), SHORT).run();
        List<Violation> broken = Checks.all(outcome.story()).values().stream()
                .flatMap(List::stream)
                .toList();
        assertThat(broken).isEmpty();
        assertThat(outcome.story().faults()).hasSize(SHORT.faults());
    }
}
