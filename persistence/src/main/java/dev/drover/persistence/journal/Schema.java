package dev.drover.persistence.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * Brings a database to this version's schema by Flyway, which notes each migration in {@code schema_history}. Of schedulers that
 * start together one does it, and the others wait.
 *
 * <p>A migration that was released never changes; the next one mends it. It only adds, so that the version before it can still
 * work while schedulers are replaced one by one; so a schema that is newer than this version is no error.
 */
public final class Schema {
    private static final String HISTORY = "schema_history";

    private Schema() {}

    /**
     * Applies what is missing; nothing when the database is up to date.
     *
     * @param migrations folder on the class path
     * @throws IllegalStateException when a migration fails, or one that was applied was changed afterwards
     */
    public static void migrate(DataSource database, String migrations) {
        try {
            FluentConfiguration flyway = Flyway.configure(Schema.class.getClassLoader())
                    .dataSource(database)
                    .locations("classpath:" + migrations)
                    .table(HISTORY);
            int before = beforeFlyway(database);
            if (before > 0) {
                flyway.baselineOnMigrate(true).baselineVersion(Integer.toString(before));
            }
            var unused = flyway.load().migrate();
        } catch (FlywayException | SQLException e) {
            throw new IllegalStateException("can't bring the database to this version's schema: " + e.getMessage(), e);
        }
    }

    /** The version that the first Drovers noted in a table of their own; 0 where there is none. */
    private static int beforeFlyway(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection()) {
            try (ResultSet table = connection.getMetaData().getTables(null, null, "SCHEMA_VERSION", null)) {
                if (!table.next()) {
                    return 0;
                }
            }
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT COALESCE(MAX(version), 0) FROM schema_version")) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
