package dev.drover.persistence.read;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import dev.drover.persistence.journal.Database;
import dev.drover.persistence.journal.Schema;
import dev.drover.protocol.api.AttemptView;
import dev.drover.protocol.api.JobEvent;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.json.NewerViews;
import dev.drover.protocol.shard.StepRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The read model in a relational database, by plain JDBC. Views are kept as JSON, what is selected by has a column. */
public final class JdbcReadModel implements ReadModel {
    private static final ObjectMapper JSON = DroverJson.mapper();

    /** A newer scheduler may have written it. */
    private static final ObjectMapper VIEWS =
            NewerViews.readBy(DroverJson.fromPeers().copy());

    /** In one order everywhere: two writers of the same rows never wait for each other. */
    private static final Comparator<ShardAttempt> BY_KEY = Comparator.comparing(ShardAttempt::shard)
            .thenComparing(of -> of.attempt().generation());

    private static final int CONNECTIONS = 8;

    /** No client's key begins so. */
    private static final String NO_KEY = " ";

    private final HikariDataSource database;
    private final Sql sql;
    private final StepTable steps;

    private JdbcReadModel(HikariDataSource database) {
        this.database = database;
        this.sql = new Sql(database);
        this.steps = new StepTable(sql);
    }

    /** Opens the read model, and brings the whole database, the journal's tables included, to this version's schema. */
    public static JdbcReadModel open(Database database) {
        HikariDataSource connections = database.connect("read-model", CONNECTIONS);
        try {
            Schema.migrate(connections, database.migrations());
            return new JdbcReadModel(connections);
        } catch (RuntimeException e) {
            connections.close();
            throw e;
        }
    }

    /** The cluster that this database belongs to: the first that was ever proposed, whichever scheduler did. */
    public ClusterIdentity cluster(ClusterIdentity proposed) {
        boolean unused = sql.insertIfAbsent(
                "note that this database belongs to cluster " + proposed.name(),
                "INSERT INTO cluster (only_row, name, ownership_tag) VALUES (1, ?, ?)",
                proposed.name(),
                proposed.ownershipTag());
        return sql.query(
                        "read which cluster this database belongs to",
                        "SELECT name, ownership_tag FROM cluster",
                        row -> new ClusterIdentity(row.getString(1), row.getString(2)))
                .getFirst();
    }

    @Override
    public Submission claim(Optional<String> idempotencyKey, String bodyDigest, List<JobId> proposed, PoolName pool) {
        JobId first = proposed.getFirst();
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (JobId job : proposed) {
            Optional<String> key = job.equals(first) ? idempotencyKey : Optional.empty();
            rows.add(new Object[] {
                key.orElse(NO_KEY + job.value()), key.isPresent() ? bodyDigest : "", job.value(), pool.value()
            });
        }
        boolean fresh = sql.insertAllOrNone(
                "claim an idempotency key for job " + first,
                "INSERT INTO submissions (idempotency_key, body_digest, job, pool) VALUES (?, ?, ?, ?)",
                rows);
        return fresh
                ? new Submission(first, pool, bodyDigest, true)
                : claimed(idempotencyKey.orElse(NO_KEY + first)).orElseThrow();
    }

    @Override
    public Optional<Submission> claimed(String idempotencyKey) {
        return sql
                .query(
                        "read the claim on an idempotency key",
                        "SELECT job, pool, body_digest FROM submissions WHERE idempotency_key = ?",
                        row -> new Submission(
                                new JobId(row.getString(1)), new PoolName(row.getString(2)), row.getString(3), false),
                        idempotencyKey)
                .stream()
                .findFirst();
    }

    @Override
    public Optional<PoolName> poolOf(JobId job) {
        return sql
                .query(
                        "read the pool of job " + job,
                        "SELECT pool FROM submissions WHERE job = ?",
                        JdbcReadModel::pool,
                        job.value())
                .stream()
                .findFirst();
    }

    @Override
    public void addPool(PoolName pool) {
        boolean unused = sql.insertIfAbsent("add pool " + pool, "INSERT INTO pools (pool) VALUES (?)", pool.value());
    }

    @Override
    public List<PoolName> pools() {
        return sql.query("list pools", "SELECT pool FROM pools ORDER BY pool", JdbcReadModel::pool);
    }

    @Override
    public void archive(List<JobView> jobs) {
        sql.updateOrInsertAll(
                "archive " + jobs.size() + " jobs",
                "UPDATE finished_jobs SET finished_at = ?, job_view = ? WHERE job = ?",
                "INSERT INTO finished_jobs (finished_at, job_view, job, pool) VALUES (?, ?, ?, ?)",
                jobs.stream()
                        .sorted(Comparator.comparing(JobView::id))
                        .map(job -> new Sql.Keyed(
                                List.of(
                                        job.finishedAt()
                                                .orElse(job.submittedAt())
                                                .atOffset(ZoneOffset.UTC),
                                        json(job),
                                        job.id().value()),
                                List.of(job.pool().value())))
                        .toList());
    }

    @Override
    public Optional<JobView> finished(JobId job) {
        return sql
                .query(
                        "read finished job " + job,
                        "SELECT job_view FROM finished_jobs WHERE job = ?",
                        row -> view(row, JobView.class),
                        job.value())
                .stream()
                .findFirst();
    }

    @Override
    public List<JobView> finished(Optional<PoolName> pool, int limit) {
        String select = "SELECT job_view FROM finished_jobs";
        String order = " ORDER BY finished_at DESC, job FETCH FIRST ? ROWS ONLY";
        String attempted = "list finished jobs";
        Sql.Row<JobView> view = row -> view(row, JobView.class);
        return pool.isPresent()
                ? sql.query(
                        attempted,
                        select + " WHERE pool = ?" + order,
                        view,
                        pool.get().value(),
                        limit)
                : sql.query(attempted, select + order, view, limit);
    }

    @Override
    public void recordAttempts(List<ShardAttempt> attempts) {
        sql.updateOrInsertAll(
                "record " + attempts.size() + " attempts",
                "UPDATE attempts SET attempt_view = ? WHERE job = ? AND shard = ? AND generation = ?",
                """
                INSERT INTO attempts
                    (attempt_view, job, shard, generation, resumed_from_step, node, zone, capacity_type)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)\
                """,
                attempts.stream().sorted(BY_KEY).map(JdbcReadModel::row).toList());
    }

    private static Sql.Keyed row(ShardAttempt of) {
        AttemptView attempt = of.attempt();
        return new Sql.Keyed(
                List.of(json(attempt), of.shard().job().value(), of.shard().index(), attempt.generation()),
                List.of(
                        attempt.resumedFromStep(),
                        attempt.node().value(),
                        attempt.market().zone(),
                        attempt.market().capacityType().name()));
    }

    @Override
    public Map<Lease, Holder> holders(JobId job) {
        Map<Lease, Holder> holders = new HashMap<>();
        sql.query(
                        "read who held the shards of job " + job,
                        "SELECT shard, generation, node, resumed_from_step FROM attempts WHERE job = ?",
                        row -> Map.entry(
                                new Lease(new ShardId(job, row.getInt(1)), row.getInt(2)),
                                new Holder(new NodeId(row.getString(3)), row.getInt(4))),
                        job.value())
                .forEach(entry -> holders.put(entry.getKey(), entry.getValue()));
        return holders;
    }

    @Override
    public void appendSteps(Lease lease, List<StepRecord> made) {
        steps.append(lease, made);
    }

    @Override
    public List<TelemetryRow> telemetry(
            JobId job, Optional<Integer> shard, int afterStep, boolean includeSuperseded, int maxPoints) {
        return new History(places(job)).rows(steps.read(job, shard, afterStep), includeSuperseded, maxPoints);
    }

    @Override
    public List<StepRange> missingSteps(Lease lease, int fromStep, int toStep) {
        return steps.missing(lease, fromStep, toStep);
    }

    @Override
    public void appendEvents(List<JobEvent> events) {
        List<@Nullable Object[]> rows = events.stream()
                .map(event -> new @Nullable Object[] {event.job().value(), event.sequence(), json(event)})
                .toList();
        sql.insertAllIfAbsent(
                "append " + events.size() + " job events",
                "INSERT INTO job_events (job, sequence, job_event) VALUES (?, ?, ?)",
                rows);
    }

    @Override
    public List<JobEvent> events(JobId job, long afterSequence, int limit) {
        return sql.query(
                "read the events of job " + job,
                """
                SELECT job_event FROM job_events WHERE job = ? AND sequence > ?
                ORDER BY sequence FETCH FIRST ? ROWS ONLY\
                """,
                row -> view(row, JobEvent.class),
                job.value(),
                afterSequence,
                limit);
    }

    @Override
    public boolean isHealthy() {
        try {
            return sql.query("ask the database", "SELECT 1", row -> row.getInt(1))
                    .equals(List.of(1));
        } catch (ReadModelException e) {
            return false;
        }
    }

    @Override
    public void close() {
        database.close();
    }

    private Map<Lease, History.Place> places(JobId job) {
        Map<Lease, History.Place> places = new HashMap<>();
        sql.query(
                        "read the attempts of job " + job,
                        """
                        SELECT shard, generation, node, zone, capacity_type, resumed_from_step
                        FROM attempts WHERE job = ?\
                        """,
                        row -> Map.entry(
                                new Lease(new ShardId(job, row.getInt(1)), row.getInt(2)),
                                new History.Place(row.getString(3), row.getString(4), row.getString(5), row.getInt(6))),
                        job.value())
                .forEach(entry -> places.put(entry.getKey(), entry.getValue()));
        return places;
    }

    private static PoolName pool(ResultSet row) throws SQLException {
        return new PoolName(row.getString(1));
    }

    private static String json(Object view) {
        try {
            return JSON.writeValueAsString(view);
        } catch (JsonProcessingException e) {
            throw new ReadModelException("write a " + view.getClass().getSimpleName() + " as JSON", e);
        }
    }

    private static <T> T view(ResultSet row, Class<T> type) throws SQLException {
        try {
            return VIEWS.readValue(row.getString(1), type);
        } catch (JsonProcessingException e) {
            throw new ReadModelException("read a kept " + type.getSimpleName(), e);
        }
    }
}
