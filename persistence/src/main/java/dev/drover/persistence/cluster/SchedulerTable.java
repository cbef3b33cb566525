package dev.drover.persistence.cluster;

import com.zaxxer.hikari.HikariDataSource;
import dev.drover.persistence.journal.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where schedulers tell the others that they are there, and where one of them, and no second one, forms a cluster. Its connections are its own: what
 * keeps the read model busy delays nobody here. The schema must be there. Every call blocks.
 */
public final class SchedulerTable implements AutoCloseable {
    private static final String DUPLICATE_KEY = "23505";
    private static final int CONNECTIONS = 2;
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    private final HikariDataSource database;

    private SchedulerTable(HikariDataSource database) {
        this.database = database;
    }

    public static SchedulerTable open(Database database) {
        return new SchedulerTable(database.connect("schedulers", CONNECTIONS));
    }

    /** What a scheduler tells of itself; as in {@link Census.Row}. */
    public record Standing(
            String address, long incarnation, long formation, String agentsUrl, List<String> pools, int agents) {
        public Standing {
            pools = List.copyOf(pools);
        }
    }

    /** Tells how a scheduler stands, in place of what an earlier process at its address told, and reads how all do. */
    public Census tell(Standing own) throws SQLException {
        try (Connection connection = database.getConnection()) {
            if (update(connection, own) == 0) {
                insert(connection, own);
            }
            return census(connection);
        }
    }

    public Census read() throws SQLException {
        try (Connection connection = database.getConnection()) {
            return census(connection);
        }
    }

    /**
     * Forms the cluster that comes after {@code former}, as its first member. Of racing callers one does, and the others are told that they did not.
     */
    public boolean form(long former, String address, long incarnation) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                boolean formed = former == 0 ? insertFirst(connection) : countUp(connection, former);
                if (formed) {
                    become(connection, former + 1, address, incarnation);
                }
                connection.commit();
                return formed;
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    /** Takes a scheduler out that ends. */
    public void leave(String address, long incarnation) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("DELETE FROM schedulers WHERE address = ? AND incarnation = ?")) {
            statement.setString(1, address);
            statement.setLong(2, incarnation);
            statement.executeUpdate();
        }
    }

    /** Takes those out that have been silent for long. */
    public void forget() throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "DELETE FROM schedulers WHERE heard_at < CURRENT_TIMESTAMP - CAST(? AS INTEGER) * INTERVAL '1' SECOND")) {
            statement.setInt(1, (int) FORGOTTEN_AFTER.toSeconds());
            statement.executeUpdate();
        }
    }

    @Override
    public void close() {
        database.close();
    }

    private static int update(Connection connection, Standing own) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
            UPDATE schedulers SET incarnation = ?, formation = ?, agents_url = ?, pools = ?, agents = ?, heard_at = CURRENT_TIMESTAMP
            WHERE address = ?""")) {
            return put(statement, own).executeUpdate();
        }
    }

    private static void insert(Connection connection, Standing own) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
            INSERT INTO schedulers (incarnation, formation, agents_url, pools, agents, heard_at, address)
            VALUES (?, ?, ?, ?, ?, CURRENT_TIMESTAMP, ?)""")) {
            put(statement, own).executeUpdate();
        }
    }

    private static PreparedStatement put(PreparedStatement statement, Standing own) throws SQLException {
        statement.setLong(1, own.incarnation());
        statement.setLong(2, own.formation());
        statement.setString(3, own.agentsUrl());
        statement.setString(4, String.join(",", own.pools()));
        statement.setInt(5, own.agents());
        statement.setString(6, own.address());
        return statement;
    }

    private static Census census(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            long formation = 0;
            try (ResultSet row = statement.executeQuery("SELECT formation FROM formations")) {
                if (row.next()) {
                    formation = row.getLong(1);
                }
            }
            List<Census.Row> schedulers = new ArrayList<>();
            try (ResultSet row = statement.executeQuery("""
                SELECT address, incarnation, formation, agents_url, pools, agents, heard_at, CURRENT_TIMESTAMP
                FROM schedulers ORDER BY address""")) {
                while (row.next()) {
                    schedulers.add(scheduler(row));
                }
            }
            return new Census(formation, schedulers);
        }
    }

    private static Census.Row scheduler(ResultSet row) throws SQLException {
        String pools = row.getString(5);
        Instant heardAt = row.getObject(7, OffsetDateTime.class).toInstant();
        Instant now = row.getObject(8, OffsetDateTime.class).toInstant();
        return new Census.Row(
                row.getString(1),
                row.getLong(2),
                row.getLong(3),
                row.getString(4),
                pools.isEmpty() ? List.of() : Arrays.asList(pools.split(",", -1)),
                row.getInt(6),
                heardAt,
                Duration.between(heardAt, now));
    }

    private static boolean insertFirst(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("INSERT INTO formations (id, formation) VALUES (1, 1)") == 1;
        } catch (SQLException e) {
            if (DUPLICATE_KEY.equals(e.getSQLState())) {
                connection.rollback();
                return false;
            }
            throw e;
        }
    }

    private static boolean countUp(Connection connection, long former) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE formations SET formation = formation + 1 WHERE id = 1 AND formation = ?")) {
            statement.setLong(1, former);
            return statement.executeUpdate() == 1;
        }
    }

    private static void become(Connection connection, long formation, String address, long incarnation)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE schedulers SET formation = ? WHERE address = ? AND incarnation = ?")) {
            statement.setLong(1, formation);
            statement.setString(2, address);
            statement.setLong(3, incarnation);
            statement.executeUpdate();
        }
    }
}
