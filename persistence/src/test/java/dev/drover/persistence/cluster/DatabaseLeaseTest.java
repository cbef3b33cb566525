package dev.drover.persistence.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariDataSource;
import dev.drover.persistence.journal.Database;
import dev.drover.persistence.journal.H2Database;
import dev.drover.persistence.journal.Schema;
import dev.drover.persistence.trial.DatabaseKind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.apache.pekko.coordination.lease.javadsl.LeaseProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The lease as Pekko finds it in its configuration. */
@Timeout(60)
class DatabaseLeaseTest {
    private static final String QUICK = """
        drover.database-lease { heartbeat-timeout = 500ms, heartbeat-interval = 50ms }
        """;

    private final List<ActorSystem> systems = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (ActorSystem system : systems) {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @EnumSource(DatabaseKind.class)
    void oneOwnerHasItAndTheOtherGetsItOnceItIsReleased(DatabaseKind kind, @TempDir Path directory) throws Exception {
        Database database = kind.create(directory);
        try (HikariDataSource connections = migrated(database)) {
            Lease one = lease(database, "one", "");
            Lease two = lease(database, "two", "");
            assertThat(acquire(one)).isTrue();
            assertThat(acquire(two)).isFalse();
            assertThat(one.checkLease()).isTrue();
            assertThat(two.checkLease()).isFalse();
            assertThat(one.release().toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .isTrue();
            assertThat(one.checkLease()).isFalse();
            assertThat(acquire(two)).isTrue();
            assertThat(connections.isRunning()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(DatabaseKind.class)
    void itIsRenewedAndALostOwnerIsTold(DatabaseKind kind, @TempDir Path directory) throws Exception {
        Database database = kind.create(directory);
        try (HikariDataSource connections = migrated(database)) {
            Lease lease = lease(database, "one", QUICK);
            CompletableFuture<Optional<Throwable>> lost = new CompletableFuture<>();
            assertThat(lease.acquire(lost::complete).toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .isTrue();
            int renewals = 0;
            String before = "";
            while (renewals < 20) {
                String now = expiry(connections);
                renewals += now.equals(before) ? 0 : 1;
                before = now;
            }
            assertThat(lost).as("held over more than its length").isNotDone();
            execute(connections, "UPDATE leases SET holder = 'two'");
            assertThat(lost.get(10, TimeUnit.SECONDS)).isEmpty();
            assertThat(lease.checkLease()).isFalse();
        }
    }

    @Test
    void anOwnerThatCanNotReachTheDatabaseLosesItWhenItsTimeIsUp() throws Exception {
        Database database = H2Database.inMemory("away");
        try (HikariDataSource connections = migrated(database)) {
            Lease lease = lease(database, "one", QUICK);
            CompletableFuture<Optional<Throwable>> lost = new CompletableFuture<>();
            assertThat(lease.acquire(lost::complete).toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .isTrue();
            execute(connections, "DROP TABLE leases");
            assertThat(lost.get(10, TimeUnit.SECONDS)).get().isInstanceOf(SQLException.class);
            assertThat(lease.checkLease()).isFalse();
        }
    }

    private Lease lease(Database database, String owner, String settings) {
        Config config = ConfigFactory.parseString(settings)
                .withFallback(database.pekkoConfig())
                .withFallback(ConfigFactory.load());
        ActorSystem system = ActorSystem.create("lease-" + owner, config);
        systems.add(system);
        return LeaseProvider.get(system).getLease("drover", "drover.database-lease", owner);
    }

    private static boolean acquire(Lease lease) throws Exception {
        return lease.acquire().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static HikariDataSource migrated(Database database) {
        HikariDataSource connections = database.connect("test", 2);
        Schema.migrate(connections, database.migrations());
        return connections;
    }

    private static String expiry(HikariDataSource connections) throws SQLException {
        try (Connection connection = connections.getConnection();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery("SELECT expires_at FROM leases")) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    private static void execute(HikariDataSource connections, String sql) throws SQLException {
        try (Connection connection = connections.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
