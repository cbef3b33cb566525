package dev.drover.persistence.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.drover.persistence.journal.Database;
import dev.drover.persistence.journal.Schema;
import dev.drover.persistence.trial.DatabaseKind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class LeaseTableTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(50);

    @ParameterizedTest
    @EnumSource(DatabaseKind.class)
    void ofRacingOwnersOneGetsIt(DatabaseKind kind, @TempDir Path directory) throws Exception {
        try (HikariDataSource connections = migrated(kind, directory);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            LeaseTable leases = new LeaseTable(connections);
            for (int round = 0; round < 20; round++) {
                String lease = "lease-" + round;
                if (round % 2 == 1) {
                    assertThat(leases.take(lease, "dead", Duration.ZERO)).isTrue();
                }
                List<Callable<Boolean>> racers = new ArrayList<>();
                for (String owner : List.of("a", "b", "c", "d")) {
                    racers.add(() -> wins(leases, lease, owner));
                }
                int winners = 0;
                for (Future<Boolean> racer : threads.invokeAll(racers)) {
                    winners += racer.get() ? 1 : 0;
                }
                assertThat(winners).as(lease).isOne();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DatabaseKind.class)
    void itIsTheOwnersUntilReleasedOrRunOut(DatabaseKind kind, @TempDir Path directory) throws Exception {
        try (HikariDataSource connections = migrated(kind, directory)) {
            LeaseTable leases = new LeaseTable(connections);
            assertThat(leases.take("l", "a", LONG)).isTrue();
            assertThat(leases.take("l", "b", LONG)).isFalse();
            assertThat(leases.take("l", "a", LONG))
                    .as("a restarted owner has it still")
                    .isTrue();
            leases.release("l", "b");
            assertThat(leases.take("l", "b", LONG))
                    .as("a stranger can't release it")
                    .isFalse();
            leases.release("l", "a");
            assertThat(leases.renew("l", "a", LONG)).isFalse();
            assertThat(leases.take("l", "b", SHORT)).isTrue();
            assertThat(leases.renew("l", "b", SHORT)).isTrue();
            boolean taken = false;
            while (!taken) {
                taken = leases.take("l", "a", LONG);
            }
            assertThat(leases.renew("l", "b", LONG)).isFalse();
        }
    }

    /** Tries until the lease is held, and says whether by this owner. */
    private static boolean wins(LeaseTable leases, String lease, String owner) throws SQLException {
        while (true) {
            if (leases.take(lease, owner, LONG)) {
                return true;
            }
            for (String other : List.of("a", "b", "c", "d")) {
                if (!other.equals(owner) && leases.renew(lease, other, LONG)) {
                    return false;
                }
            }
            Thread.onSpinWait();
        }
    }

    private static HikariDataSource migrated(DatabaseKind kind, Path directory) {
        Database database = kind.create(directory);
        HikariDataSource connections = database.connect("test", 8);
        Schema.migrate(connections, database.migrations());
        return connections;
    }
}
