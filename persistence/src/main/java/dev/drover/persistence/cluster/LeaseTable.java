package dev.drover.persistence.cluster;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * Named leases, a row each. A lease has one holder, until it is released or has run out by the database's clock; of racing callers one
 * gets it. Every call blocks, and one that throws may have worked.
 */
final class LeaseTable {
    /** SQLSTATE for "this key is there already". */
    private static final String DUPLICATE_KEY = "23505";

    private static final String UNTIL = "CURRENT_TIMESTAMP + CAST(? AS INTEGER) * INTERVAL '0.001' SECOND";

    private final DataSource database;

    LeaseTable(DataSource database) {
        this.database = database;
    }

    /** Gets it, if it is free, has run out, or is the holder's own; says whether it did. */
    boolean take(String lease, String holder, Duration length) throws SQLException {
        return extend(lease, holder, length, " AND (holder = ? OR expires_at < CURRENT_TIMESTAMP)")
                || insert(lease, holder, length);
    }

    /** Extends it, if nobody else has got it meanwhile; says whether it is still the holder's. */
    boolean renew(String lease, String holder, Duration length) throws SQLException {
        return extend(lease, holder, length, " AND holder = ?");
    }

    /** Lets it go, if it is the holder's. */
    void release(String lease, String holder) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("DELETE FROM leases WHERE lease = ? AND holder = ?")) {
            statement.setString(1, lease);
            statement.setString(2, holder);
            statement.executeUpdate();
        }
    }

    private boolean extend(String lease, String holder, Duration length, String where) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "UPDATE leases SET holder = ?, expires_at = " + UNTIL + " WHERE lease = ?" + where)) {
            statement.setString(1, holder);
            statement.setInt(2, Math.toIntExact(length.toMillis()));
            statement.setString(3, lease);
            statement.setString(4, holder);
            return statement.executeUpdate() == 1;
        }
    }

    private boolean insert(String lease, String holder, Duration length) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "INSERT INTO leases (lease, holder, expires_at) VALUES (?, ?, " + UNTIL + ")")) {
            statement.setString(1, lease);
            statement.setString(2, holder);
            statement.setInt(3, Math.toIntExact(length.toMillis()));
            statement.executeUpdate();
            return true;
        } catch (SQLException e) {
            if (DUPLICATE_KEY.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }
}
