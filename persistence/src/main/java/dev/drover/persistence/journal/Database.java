package dev.drover.persistence.journal;

import com.typesafe.config.Config;
import com.zaxxer.hikari.HikariDataSource;

/** Where the journal, the snapshots and the read model are: one database for all three. */
public sealed interface Database permits H2Database, PostgresDatabase {
    /** A connection pool, which the caller closes. It connects when first asked. */
    HikariDataSource connect(String poolName, int connections);

    /**
     * What Pekko's journal and snapshot store need to use this database; they share one connection pool. The schema must be
     * there: see {@link Schema#migrate}. It may hold a password.
     */
    Config pekkoConfig();

    /** Where its migrations are, on the class path. */
    String migrations();

    /** The one that {@link #pekkoConfig} names under {@code drover.database-lease}. */
    static Database of(Config lease) {
        String url = lease.getString("url");
        return url.startsWith(PostgresDatabase.SCHEME)
                ? new PostgresDatabase(url, lease.getString("user"), lease.getString("password"))
                : new H2Database(url);
    }
}
