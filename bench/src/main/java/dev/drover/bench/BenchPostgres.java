package dev.drover.bench;

import dev.drover.persistence.journal.PostgresDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A PostgreSQL of a bench's own, on loopback, set up as it would be where data matter: with {@code fsync} on. */
public final class BenchPostgres implements AutoCloseable {
    private static final String USER = "postgres";

    private final EmbeddedPostgres server;

    private BenchPostgres(EmbeddedPostgres server) {
        this.server = server;
    }

    /** Starts it under the outputs of the benchmarks. */
    public static BenchPostgres start() throws IOException {
        return new BenchPostgres(EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(
                        BenchJob.outputs().resolve("postgres").toFile())
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", "200")
                .start());
    }

    /** A fresh database. */
    public PostgresDatabase create(String name) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return new PostgresDatabase("jdbc:postgresql://localhost:" + server.getPort() + "/" + name, USER, USER);
    }

    /** Of its first process, which started all others. */
    public long pid() throws SQLException, IOException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return ProcessHandle.of(row.getLong(1))
                    .flatMap(ProcessHandle::parent)
                    .orElseThrow(() -> new IOException("PostgreSQL is not there"))
                    .pid();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
