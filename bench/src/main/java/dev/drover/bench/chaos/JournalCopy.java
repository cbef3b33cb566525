package dev.drover.bench.chaos;

import dev.drover.persistence.journal.EventCodec;
import dev.drover.persistence.journal.PostgresDatabase;
import dev.drover.planning.event.PoolEvent;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A copy of one pool's journal in a file, a line per event: its number, manifest and bytes. A journal drops events behind its snapshots, so
 * it is copied as it grows.
 */
final class JournalCopy {
    private static final String NEWER = """
        SELECT sequence_number, event_ser_manifest, event_payload FROM event_journal
        WHERE persistence_id = ? AND sequence_number > ? ORDER BY sequence_number""";

    private final PostgresDatabase database;
    private final String pool;
    private final Path file;

    JournalCopy(PostgresDatabase database, String pool, Path file) {
        this.database = database;
        this.pool = pool;
        this.file = file;
    }

    /** Copies what is new. While the database is away nothing is copied. */
    synchronized void follow() throws IOException {
        long last = lines().stream()
                .mapToLong(line -> Long.parseLong(line.split(" ", 2)[0]))
                .max()
                .orElse(0);
        try (Connection connection = DriverManager.getConnection(
                        database.url() + "?connectTimeout=2&socketTimeout=10", database.user(), database.password());
                PreparedStatement newer = connection.prepareStatement(NEWER);
                BufferedWriter out = Files.newBufferedWriter(
                        file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            newer.setString(1, "pool|" + pool);
            newer.setLong(2, last);
            try (ResultSet rows = newer.executeQuery()) {
                while (rows.next()) {
                    out.write("%d %s %s%n"
                            .formatted(
                                    rows.getLong(1),
                                    rows.getString(2),
                                    Base64.getEncoder().encodeToString(rows.getBytes(3))));
                }
            }
        } catch (SQLException e) {
            // It is being killed, or started: the next look copies it.
            return;
        }
    }

    /** What was copied. */
    synchronized List<PoolEvent> events() throws IOException {
        List<PoolEvent> events = new ArrayList<>();
        for (String line : lines()) {
            String[] fields = line.split(" ", 3);
            events.add(EventCodec.decode(fields[1], Base64.getDecoder().decode(fields[2])));
        }
        return events;
    }

    private List<String> lines() throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
