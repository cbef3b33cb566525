package dev.drover.persistence.read;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.shard.StepRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The step records: one row per (shard, generation, step). */
final class StepTable {
    private static final String INSERT = """
        INSERT INTO steps (job, shard, generation, step, loss, learning_rate, gradient_norm, samples,
            tokens_per_second, pause_millis, eval_loss, epoch_millis)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
        """;

    private final Sql sql;

    StepTable(Sql sql) {
        this.sql = sql;
    }

    /** A record with the lease it was made under. */
    record Made(Lease lease, StepRecord step) {}

    void append(Lease lease, List<StepRecord> steps) {
        if (steps.isEmpty()) {
            return;
        }
        String attempted = "append " + steps.size() + " steps of " + lease;
        // Nearly always all of them are new; whether they are costs as much to ask as to try.
        if (!sql.insertAllOrNone(attempted, INSERT, rows(lease, steps, Set.of()))) {
            int first = steps.stream().mapToInt(StepRecord::step).min().orElseThrow();
            int last = steps.stream().mapToInt(StepRecord::step).max().orElseThrow();
            sql.insertAllIfAbsent(attempted, INSERT, rows(lease, steps, Set.copyOf(present(lease, first - 1, last))));
        }
    }

    /** Each step once. */
    private static List<@Nullable Object[]> rows(Lease lease, List<StepRecord> steps, Set<Integer> present) {
        Set<Integer> taken = new HashSet<>(present);
        return steps.stream()
                .filter(step -> taken.add(step.step()))
                .map(step -> row(lease, step))
                .toList();
    }

    /** Takes room for what is there, never for what is not: {@code toStep} is what somebody claims. */
    List<StepRange> missing(Lease lease, int fromStep, int toStep) {
        return fromStep >= toStep
                ? List.of()
                : new StepRange(fromStep + 1, toStep).without(new TreeSet<>(present(lease, fromStep, toStep)));
    }

    /** Every record after {@code afterStep}, by shard, step and generation. */
    List<Made> read(JobId job, Optional<Integer> shard, int afterStep) {
        String select = "SELECT * FROM steps WHERE job = ? AND step > ?";
        String order = " ORDER BY shard, step, generation";
        String attempted = "read the steps of " + job;
        return shard.isPresent()
                ? sql.query(
                        attempted,
                        select + " AND shard = ?" + order,
                        row -> made(job, row),
                        job.value(),
                        afterStep,
                        shard.get())
                : sql.query(attempted, select + order, row -> made(job, row), job.value(), afterStep);
    }

    private List<Integer> present(Lease lease, int fromStep, int toStep) {
        return sql.query(
                "read which steps of " + lease + " are there",
                "SELECT step FROM steps WHERE job = ? AND shard = ? AND generation = ? AND step > ? AND step <= ?",
                row -> row.getInt(1),
                lease.shard().job().value(),
                lease.shard().index(),
                lease.generation(),
                fromStep,
                toStep);
    }

    private static @Nullable Object[] row(Lease lease, StepRecord step) {
        return new @Nullable Object[] {
            lease.shard().job().value(),
            lease.shard().index(),
            lease.generation(),
            step.step(),
            step.loss(),
            step.learningRate(),
            step.gradientNorm(),
            step.samples(),
            step.tokensPerSecond(),
            step.pauseMillis(),
            step.evalLoss(),
            step.epochMillis()
        };
    }

    private static Made made(JobId job, ResultSet row) throws SQLException {
        float evalLoss = row.getFloat("eval_loss");
        @Nullable Float evaluated = row.wasNull() ? null : evalLoss;
        return new Made(
                new Lease(new ShardId(job, row.getInt("shard")), row.getInt("generation")),
                new StepRecord(
                        row.getInt("step"),
                        row.getFloat("loss"),
                        row.getDouble("learning_rate"),
                        row.getDouble("gradient_norm"),
                        row.getLong("samples"),
                        row.getDouble("tokens_per_second"),
                        row.getDouble("pause_millis"),
                        evaluated,
                        row.getLong("epoch_millis")));
    }
}
