package dev.drover.persistence.journal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.Map;

/** The settings of Pekko's JDBC plug-ins that are the same for every database. */
final class JournalConfig {
    private static final String PLUGINS = """
        pekko.persistence.journal.plugin = jdbc-journal
        pekko.persistence.snapshot-store.plugin = jdbc-snapshot-store
        jdbc-journal.use-shared-db = slick
        jdbc-snapshot-store.use-shared-db = slick
        jdbc-read-journal.use-shared-db = slick
        drover.read-journal = jdbc-read-journal
        """;

    /** Where a {@link dev.drover.persistence.cluster.DatabaseLease} is told of its database. */
    private static final String LEASE = "drover.database-lease.";

    private static final List<String> LOGIN = List.of("url", "user", "password");

    private JournalConfig() {}

    /** @param database settings of Slick, by name */
    static Config of(Map<String, Object> database) {
        Config config = ConfigFactory.parseString(PLUGINS);
        for (Map.Entry<String, Object> setting : database.entrySet()) {
            config = config.withValue(
                    "pekko-persistence-jdbc.shared-databases.slick." + setting.getKey(),
                    ConfigValueFactory.fromAnyRef(setting.getValue()));
        }
        for (String field : LOGIN) {
            if (database.containsKey("db." + field)) {
                config = config.withValue(LEASE + field, ConfigValueFactory.fromAnyRef(database.get("db." + field)));
            }
        }
        return config;
    }
}
