package dev.drover.persistence.read;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

    /**
     * A row that is updated where its key is there, and else inserted.
     *
     * @param update what is put in the place of the update's question marks, and of the insert's first
     * @param rest of the insert's
     */
    record Keyed(List<Object> update, List<Object> rest) {
        private @Nullable Object[] toUpdate() {
            return update.toArray();
        }

        private @Nullable Object[] toInsert() {
            return Stream.concat(update.stream(), rest.stream()).toArray();
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

    /**
     * Updates the rows, and inserts those whose keys are absent: two transactions at most, however many rows. Of racing callers each has
     * its way, in some order; of rows with the same key the last.
     */
    void updateOrInsertAll(String attempted, String update, String insert, List<Keyed> rows) {
        List<Keyed> absent = updateAll(attempted, update, rows);
        if (!absent.isEmpty()
                && !insertAllOrNone(
                        attempted, insert, absent.stream().map(Keyed::toInsert).toList())) {
            for (Keyed row : absent) {
                if (!insertIfAbsent(attempted, insert, row.toInsert())) {
                    var unused = updateAll(attempted, update, List.of(row));
                }
            }
        }
    }

    /** Returns those that were not there. */
    private List<Keyed> updateAll(String attempted, String update, List<Keyed> rows) {
        if (rows.isEmpty()) {
            return List.of();
        }
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(update)) {
            connection.setAutoCommit(false);
            for (Keyed row : rows) {
                bind(statement, row.toUpdate());
                statement.addBatch();
            }
            int[] updated = statement.executeBatch();
            connection.commit();
            return IntStream.range(0, rows.size())
                    .filter(i -> updated[i] == 0)
                    .mapToObj(rows::get)
                    .toList();
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
