package dev.drover.persistence.journal;

import com.typesafe.config.Config;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.util.Map;

/**
 * The embedded database of a scheduler that runs alone: the journal, the snapshots and the read model, in one file.
 *
 * <p>A commit that was acknowledged survives the process being killed. It may not survive the machine losing power: for
 * that, use PostgreSQL. One process at a time can open it.
 *
 * @param url of JDBC
 */
public record H2Database(String url) implements Database {
    /** H2 gives up after 2 s, which a machine under load takes to delete what a snapshot made superfluous. */
    private static final int LOCK_TIMEOUT_MILLIS = 20_000;

    private static final String DRIVER = "org.h2.Driver";
    private static final int JOURNAL_CONNECTIONS = 4;

    /** In files {@code drover.*} under {@code directory}, which is made if need be. */
    public static H2Database in(Path directory) {
        // WRITE_DELAY: by default H2 acknowledges commits that a kill -9 then loses. DB_CLOSE_ON_EXIT: H2's own
        // shutdown
        // hook would close the database while the actors still persist.
        String file = directory.resolve("drover").toAbsolutePath().toString();
        return new H2Database(
                "jdbc:h2:file:" + file + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=" + LOCK_TIMEOUT_MILLIS);
    }

    /** In memory, gone with the process: for tests. */
    public static H2Database inMemory(String name) {
        return new H2Database("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT="
                + LOCK_TIMEOUT_MILLIS);
    }

    /** The database closes with its last connection. */
    @Override
    public HikariDataSource connect(String poolName, int connections) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(poolName);
        config.setJdbcUrl(url);
        config.setDriverClassName(DRIVER);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        return new HikariDataSource(config);
    }

    @Override
    public Config pekkoConfig() {
        return JournalConfig.of(Map.of(
                "profile", "slick.jdbc.H2Profile$",
                "db.url", url,
                "db.driver", DRIVER,
                "db.numThreads", JOURNAL_CONNECTIONS,
                "db.maxConnections", JOURNAL_CONNECTIONS,
                "db.minConnections", 1));
    }

    @Override
    public String migrations() {
        return "dev/drover/persistence/h2";
    }
}
