package dev.drover.persistence.journal;

import com.typesafe.config.Config;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.Map;

/**
 * The database that several schedulers share. A commit that was acknowledged survives the loss of power, as far as the server's
 * {@code fsync} and {@code synchronous_commit} are on.
 *
 * @param url of JDBC; without the password
 * @param password a secret
 */
public record PostgresDatabase(String url, String user, String password) implements Database {
    /** What every URL of one begins with. */
    public static final String SCHEME = "jdbc:postgresql:";

    private static final String DRIVER = "org.postgresql.Driver";
    private static final int JOURNAL_CONNECTIONS = 8;

    /**
     * A server that has gone without a word is noticed by these seconds, not after the kernel's quarter of an hour. And what is inserted
     * as a batch goes as one statement.
     */
    private static final Map<String, Object> DRIVER_PROPERTIES =
            Map.of("connectTimeout", 5, "socketTimeout", 30, "loginTimeout", 5, "reWriteBatchedInserts", true);

    private static final long CONNECTION_TIMEOUT_MILLIS = 5_000;

    @Override
    public HikariDataSource connect(String poolName, int connections) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(poolName);
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setDriverClassName(DRIVER);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        // A database that is away for a while ends no scheduler: it is asked for when it is needed.
        config.setInitializationFailTimeout(-1);
        DRIVER_PROPERTIES.forEach(config::addDataSourceProperty);
        return new HikariDataSource(config);
    }

    @Override
    public Config pekkoConfig() {
        return JournalConfig.of(Map.of(
                "profile", "slick.jdbc.PostgresProfile$",
                "db.url", url,
                "db.user", user,
                "db.password", password,
                "db.driver", DRIVER,
                "db.numThreads", JOURNAL_CONNECTIONS,
                "db.maxConnections", JOURNAL_CONNECTIONS,
                "db.minConnections", 1,
                "db.connectionTimeout", CONNECTION_TIMEOUT_MILLIS,
                "db.properties", DRIVER_PROPERTIES));
    }

    @Override
    public String migrations() {
        return "dev/drover/persistence/postgres";
    }

    @Override
    public String toString() {
        return "PostgresDatabase[" + user + " at " + url + "]";
    }
}
