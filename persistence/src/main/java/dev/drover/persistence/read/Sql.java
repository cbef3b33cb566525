package dev.drover.persistence.read;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Plain JDBC in three verbs. Statements are portable SQL; "insert if absent" is told by the primary key. */
final class Sql {
    /** SQLSTATE for "this key is there already", in H2 and PostgreSQL alike. */
    private static final String DUPLICATE_KEY = "23505";

    private final DataSource database;

    Sql(DataSource database) {
        this.database = database;
    }

    /** A statement with what is put in the place of its question marks. */
    record Statement(String sql, List<@Nullable Object> arguments) {
        Statement(String sql, @Nullable Object... arguments) {
            this(sql, Arrays.asList(arguments));
        }
    }

    /** Reads one row. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    <T> List<T> query(String attempted, String sql, Row<T> row, @Nullable Object... arguments) {
        try (Connection connection = database.getConnection()) {
            return query(connection, sql, row, arguments);
        } catch (SQLException e) {
            throw new ReadModelException(attempted, e);
        }
    }

    /** Inserts a row unless its key is there, and says whether it did. Atomic: of racing callers one inserts. */
    boolean insertIfAbsent(String attempted, String sql, @Nullable Object... arguments) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = prepare(connection, sql, arguments)) {
            statement.executeUpdate();
            return true;
        } catch (SQLException e) {
            if (DUPLICATE_KEY.equals(e.getSQLState())) {
                return false;
            }
            throw new ReadModelException(attempted, e);
        }
    }

    /** Updates the row, or inserts it where its key is absent. Of racing callers each has its way, in some order. */
    void insertOrUpdate(String attempted, Statement insert, Statement update) {
        if (update(attempted, update) == 0
                && !insertIfAbsent(attempted, insert.sql(), insert.arguments().toArray())) {
            int unused = update(attempted, update);
        }
    }

    private int update(String attempted, Statement update) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement =
                        prepare(connection, update.sql(), update.arguments().toArray())) {
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new ReadModelException(attempted, e);
        }
    }

    /** Inserts every row whose key is absent, as one batch; row by row when another caller inserts the same ones. */
    void insertAllIfAbsent(String attempted, String sql, List<@Nullable Object[]> rows) {
        if (!rows.isEmpty() && !insertAllOrNone(attempted, sql, rows)) {
            for (@Nullable Object[] row : rows) {
                insertIfAbsent(attempted, sql, row);
            }
        }
    }

    /** Inserts every row in one transaction, or none when a key is there, and says whether it did. */
    boolean insertAllOrNone(String attempted, String sql, List<@Nullable Object[]> rows) {
        if (rows.size() == 1) {
            return insertIfAbsent(attempted, sql, rows.getFirst());
        }
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            connection.setAutoCommit(false);
            for (@Nullable Object[] row : rows) {
                bind(statement, row);
                statement.addBatch();
            }
            return committed(connection, statement);
        } catch (SQLException e) {
            throw new ReadModelException(attempted, e);
        }
    }

    private static boolean committed(Connection connection, PreparedStatement batch) throws SQLException {
        try {
            batch.executeBatch();
            connection.commit();
            return true;
        } catch (SQLException e) {
            connection.rollback();
            if (isDuplicate(e)) {
                return false;
            }
            throw e;
        }
    }

    /** A batch reports its failed rows as a chain. */
    private static boolean isDuplicate(SQLException failure) {
        for (SQLException e = failure; e != null; e = e.getNextException()) {
            if (DUPLICATE_KEY.equals(e.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private static <T> List<T> query(Connection connection, String sql, Row<T> row, @Nullable Object... arguments)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, arguments);
                ResultSet rows = statement.executeQuery()) {
            List<T> found = new ArrayList<>();
            while (rows.next()) {
                found.add(row.read(rows));
            }
            return found;
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, @Nullable Object... arguments)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        bind(statement, arguments);
        return statement;
    }

    private static void bind(PreparedStatement statement, @Nullable Object... arguments) throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
    }
}
