package dev.drover.persistence.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.drover.persistence.trial.DatabaseKind;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SchemaTest {
    @ParameterizedTest
    @EnumSource(DatabaseKind.class)
    void migratingTwiceChangesNothing(DatabaseKind kind, @TempDir Path directory) throws SQLException {
        Database database = kind.create(directory);
        try (HikariDataSource connections = database.connect("test", 2)) {
            Schema.migrate(connections, database.migrations());
            execute(connections, "INSERT INTO pools VALUES ('herd')");
            Schema.migrate(connections, database.migrations());
            assertThat(count(connections, "pools")).isOne();
        }
    }

    @Test
    void schedulersThatStartTogetherMigrateOnce(@TempDir Path directory) throws Exception {
        Database database = DatabaseKind.POSTGRES.create(directory);
        try (HikariDataSource connections = database.connect("test", 12);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Boolean>> schedulers = IntStream.range(0, 4)
                    .<Callable<Boolean>>mapToObj(scheduler -> () -> {
                        Schema.migrate(connections, database.migrations());
                        return true;
                    })
                    .toList();
            assertThat(threads.invokeAll(schedulers))
                    .allSatisfy(done -> assertThat(done.get()).isTrue());
            assertThat(count(connections, "schema_history WHERE success AND version IS NOT NULL"))
                    .isEqualTo(5);
        }
    }

    @Test
    void whatWasMadeBeforeFlywayIsTakenOver(@TempDir Path directory) throws Exception {
        Database database = DatabaseKind.H2.create(directory);
        try (HikariDataSource connections = database.connect("test", 2)) {
            execute(connections, "CREATE TABLE schema_version (version INTEGER PRIMARY KEY)");
            for (String file : List.of("V1__journal.sql", "V2__read_model.sql")) {
                execute(connections, resource(database.migrations() + "/" + file));
            }
            execute(connections, "INSERT INTO schema_version VALUES (1), (2)");
            execute(connections, "INSERT INTO pools VALUES ('herd')");
            String payload = "STRINGTOUTF8(REPEAT('drover', 1000000))";
            execute(connections, """
                INSERT INTO "snapshot"
                ("persistence_id", "sequence_number", "created", "snapshot_ser_id", "snapshot_ser_manifest", "snapshot_payload")
                VALUES ('pool|herd', 7, 0, 1, '', %s)""".formatted(payload));
            Schema.migrate(connections, database.migrations());
            assertThat(count(connections, "pools")).isOne();
            assertThat(count(connections, "\"snapshot\" WHERE \"snapshot_payload\" = " + payload))
                    .isOne();
        }
    }

    private static String resource(String path) throws Exception {
        try (InputStream in = Objects.requireNonNull(SchemaTest.class.getResourceAsStream("/" + path))) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static void execute(HikariDataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int count(HikariDataSource database, String table) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            row.next();
            return row.getInt(1);
        }
    }
}
