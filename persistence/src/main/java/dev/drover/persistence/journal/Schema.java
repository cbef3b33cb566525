package dev.drover.persistence.journal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/**
 * Brings a database to this version's schema, one migration after the other, and notes each in {@code schema_version}.
 *
 * <p>A migration that was released never changes; the next one mends it.
 */
public final class Schema {
    /** In order; the n-th brings the schema to version n. */
    private static final List<String> MIGRATIONS = List.of("V1__journal.sql", "V2__read_model.sql");

    private Schema() {}

    /**
     * Applies what is missing; nothing when the database is up to date.
     *
     * @throws IllegalStateException when the database was made by a newer version, or a migration fails
     */
    public static void migrate(DataSource database) {
        try (Connection connection = database.getConnection()) {
            int version = version(connection);
            if (version > MIGRATIONS.size()) {
                throw new IllegalStateException(
                        "the database has schema version %d, this version knows up to %d; run a newer Drover on it"
                                .formatted(version, MIGRATIONS.size()));
            }
            for (int next = version + 1; next <= MIGRATIONS.size(); next++) {
                apply(connection, next, MIGRATIONS.get(next - 1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("can't bring the database to schema version " + MIGRATIONS.size(), e);
        }
    }

    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)");
            try (ResultSet row = statement.executeQuery("SELECT COALESCE(MAX(version), 0) FROM schema_version")) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private static void apply(Connection connection, int version, String file) throws SQLException {
        // H2 commits with each CREATE, so a crash may leave some of a version's tables: hence their IF NOT EXISTS.
        try (Statement statement = connection.createStatement()) {
            for (String sql : read(file).split(";", -1)) {
                if (!sql.isBlank()) {
                    statement.execute(sql);
                }
            }
        }
        try (PreparedStatement note = connection.prepareStatement("INSERT INTO schema_version VALUES (?)")) {
            note.setInt(1, version);
            note.executeUpdate();
        }
    }

    private static String read(String file) {
        String resource = "/dev/drover/persistence/h2/" + file;
        try (InputStream in = Schema.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the schema " + resource + " is missing from the distribution");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("can't read the schema " + resource, e);
        }
    }
}
