package dev.drover.bench;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.dist.demo.DemoApi;
import dev.drover.dist.trial.ClusterTrial;
import dev.drover.dist.trial.ClusterTrial.SchedulerProcess;
import dev.drover.dist.trial.Trial;
import dev.drover.persistence.journal.PostgresDatabase;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.pool.LeaseSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/restart}: how long a pool with many live shards takes to come back after kill -9, and what it weighs. */
@Command(
        name = "bench/restart",
        mixinStandardHelpOptions = true,
        description = "Fills a pool on PostgreSQL with jobs that wait, kills its scheduler with -9 and starts it again."
                + " Exit code 1 when a job is missing afterwards.")
public final class RestartBench implements Callable<Integer> {
    private static final String POOL = "queue";
    private static final int BATCH = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String HEAP = "1 GiB";

    @Option(names = "--shards", defaultValue = "100000", description = "Live ones (default: ${DEFAULT-VALUE}).")
    private int shards = 100_000;

    @Option(names = "--rounds", defaultValue = "3", description = "Restarts (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public static void main(String[] args) {
        System.exit(new CommandLine(new RestartBench()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, TimeoutException, SQLException {
        if (shards < BATCH || shards % BATCH != 0 || rounds < 1) {
            System.err.println("bench/restart: --shards " + shards + " --rounds " + rounds
                    + " is not allowed; use a multiple of " + BATCH + ", and at least 1 round");
            return 2;
        }
        List<Double> answered = new ArrayList<>();
        List<Double> recovered = new ArrayList<>();
        List<Double> heap = new ArrayList<>();
        Weight weight;
        boolean complete = true;
        try (BenchPostgres postgres = BenchPostgres.start()) {
            PostgresDatabase database = postgres.create("restart");
            try (ClusterTrial cluster = ClusterTrial.in(
                    Files.createTempDirectory(Files.createDirectories(BenchJob.outputs()), "restart-"), database, 1)) {
                SchedulerProcess scheduler = cluster.scheduler(0);
                try (DemoApi api = scheduler.api()) {
                    api.putPool(Trial.spec(POOL, 0, 0, LeaseSpec.DEFAULT, false));
                    long empty = heapInUse(scheduler);
                    JobId last = fill(scheduler);
                    weight = Weight.of(database, (heapInUse(scheduler) - empty) / (double) shards, shards);
                    for (int round = 1; round <= rounds; round++) {
                        scheduler.kill();
                        long start = System.nanoTime();
                        scheduler.start();
                        scheduler.awaitReady();
                        awaitAnswer(api, last);
                        answered.add((System.nanoTime() - start) / 1e9);
                        recovered.add(scheduler.recovery(POOL).toMillis() / 1e3);
                        heap.add(heapInUse(scheduler) / 1024.0 / 1024);
                        complete &= scheduler.jobsRecovered(POOL) == shards;
                        System.err.printf(
                                "round %d: answered after %.1f s, of which %.1f s to recover the pool%n",
                                round, answered.getLast(), recovered.getLast());
                    }
                }
            }
        }
        Report report = new Report("A pool with " + shards + " live shards comes back after kill -9");
        report.condition("jobs", shards + " of one shard, waiting; heap of the scheduler at most " + HEAP);
        report.condition("journal", weight.events + " events since the last snapshot; PostgreSQL, fsync on");
        report.row("recovery of the pool from snapshot and journal", "s", recovered, "10");
        report.row("from the start of the process to an answer", "s", answered, "");
        report.row("heap in use afterwards", "MiB", heap, "");
        report.row("heap per live shard", "bytes", List.of(weight.heapPerShard), "");
        report.row("snapshot per live shard in it", "bytes", List.of(weight.snapshotPerShard), "");
        report.print(json);
        return complete ? 0 : 1;
    }

    /** What a live shard weighs. */
    private record Weight(double heapPerShard, double snapshotPerShard, long events) {
        static Weight of(PostgresDatabase database, double heapPerShard, int shards) throws SQLException {
            try (Connection connection =
                            DriverManager.getConnection(database.url(), database.user(), database.password());
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("""
                        SELECT LENGTH(snapshot_payload), sequence_number,
                            (SELECT COUNT(*) FROM event_journal e WHERE e.sequence_number > s.sequence_number)
                        FROM snapshot s ORDER BY sequence_number DESC LIMIT 1""")) {
                row.next();
                // One event is the pool's own, all others are submissions.
                return new Weight(
                        heapPerShard, row.getLong(1) / (double) Math.min(shards, row.getLong(2)), row.getLong(3));
            }
        }
    }

    /** Submits all jobs, and returns the last one's id. */
    private JobId fill(SchedulerProcess scheduler) throws IOException {
        String body = IntStream.range(0, BATCH).mapToObj(Submit::job).collect(joining(", ", "{\"jobs\": [", "]}"));
        JobId last = new JobId("none");
        try (SubmitClient client = new SubmitClient(scheduler.port(), ClusterTrial.USER)) {
            for (int batch = 0; batch < shards / BATCH; batch++) {
                JsonNode ids = client.submitted("/v1/jobs/batch", body, "batch-" + batch)
                        .path("ids");
                last = new JobId(ids.path(ids.size() - 1).asText());
            }
        }
        return last;
    }

    private static void awaitAnswer(DemoApi api, JobId job) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                var unused = api.job(job);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    /** Bytes of the heap that are in use after a collection, as {@code jcmd} has it. */
    private static long heapInUse(SchedulerProcess scheduler) throws IOException, InterruptedException {
        Jcmd.run(scheduler.pid(), "GC.run");
        return Jcmd.run(scheduler.pid(), "GC.heap_info")
                .lines()
                .filter(line -> line.contains("K, used "))
                .mapToLong(RestartBench::used)
                .sum();
    }

    /** From a line as {@code Tenured total 70000K, used 5000K [0x...)}. */
    private static long used(String line) {
        String number = line.replaceFirst(".*used (\\d+)K.*", "$1");
        return Long.parseLong(number.trim()) * 1024;
    }
}
