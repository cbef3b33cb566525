package dev.drover.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dist.trial.ClusterTrial;
import dev.drover.dist.trial.Failover;
import dev.drover.persistence.trial.TrialPostgres;
import dev.drover.protocol.pool.LeaseSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three scheduler processes on PostgreSQL: what {@code bench/failover} plays, once each way, with fewer submissions. */
@Timeout(600)
class FailoverIT {
    private static final int PER_SECOND = 20;

    /** On a busy machine a node may be silent for long, which is not what this is about. */
    private static final LeaseSpec PATIENT =
            new LeaseSpec(Duration.ofMinutes(2), Duration.ofSeconds(1), Duration.ofHours(1), Duration.ofSeconds(5));

    private static final Duration BEFORE = Duration.ofSeconds(3);

    @Test
    void submittersAndTrainingsOutliveTheirScheduler(@TempDir Path directory) throws Exception {
        try (ClusterTrial cluster = ClusterTrial.in(directory, TrialPostgres.create(), 3)) {
            Failover.Outcome killed =
                    Failover.play(cluster, "killed", PATIENT, true, PER_SECOND, BEFORE, Duration.ofSeconds(15));
            assertThat(killed.violations()).isEmpty();
            Failover.Outcome stopped =
                    Failover.play(cluster, "stopped", PATIENT, false, PER_SECOND, BEFORE, Duration.ofSeconds(5));
            assertThat(stopped.violations()).isEmpty();
            assertThat(stopped.others())
                    .as("a scheduler that is stopped refuses, or breaks off")
                    .isSubsetOf(
                            Set.of("ConnectException", "IOException", "EOFException", "SocketException", "status 503"));
        }
    }
}
