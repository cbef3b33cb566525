package dev.drover.persistence.trial;

import dev.drover.persistence.journal.PostgresDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real PostgreSQL on loopback, as it would run in production: with {@code fsync} and {@code synchronous_commit} on. One per test
 * JVM, started when first asked for and gone with it.
 */
public final class TrialPostgres {
    private static final String USER = "postgres";
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private TrialPostgres() {}

    private static final class Server {
        private static final EmbeddedPostgres RUNNING = start();

        private static EmbeddedPostgres start() {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setOverrideWorkingDirectory(new File("target/postgres").getAbsoluteFile())
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("full_page_writes", "on")
                        .setServerConfig("max_connections", "200")
                        .start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server), "end-postgres"));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException("can't start a PostgreSQL", e);
            }
        }

        private static void close(EmbeddedPostgres server) {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException("can't end the PostgreSQL", e);
            }
        }
    }

    /** A fresh, empty database. */
    public static PostgresDatabase create() {
        String name = "trial_" + DATABASES.incrementAndGet();
        try (Connection connection = Server.RUNNING.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("can't create the database " + name, e);
        }
        return new PostgresDatabase("jdbc:postgresql://localhost:" + Server.RUNNING.getPort() + "/" + name, USER, USER);
    }
}
