package dev.drover.bench;

import static java.util.stream.Collectors.joining;

import dev.drover.dist.demo.DemoApi;
import dev.drover.dist.trial.ClusterTrial;
import dev.drover.dist.trial.Trial;
import dev.drover.persistence.journal.PostgresDatabase;
import dev.drover.protocol.pool.LeaseSpec;
import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/submit}: durable submissions per second, beside the commits per second of the same database. */
@Command(
        name = "bench/submit",
        mixinStandardHelpOptions = true,
        description = "Durable submissions on PostgreSQL with fsync on, beside the raw commit rate of the same server."
                + " Exit code 1 when a submission was not accepted.")
public final class Submit implements Callable<Integer> {
    private static final String POOL = "queue";

    @Option(names = "--clients", defaultValue = "64", description = "Connections (default: ${DEFAULT-VALUE}).")
    private int clients = 64;

    @Option(names = "--seconds", defaultValue = "10", description = "Measured (default: ${DEFAULT-VALUE}).")
    private int seconds = 10;

    @Option(names = "--warm-up", defaultValue = "10", description = "Seconds before that (default: ${DEFAULT-VALUE}).")
    private int warmUp = 10;

    @Option(names = "--rounds", defaultValue = "3", description = "Of each (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(names = "--schedulers", defaultValue = "1", description = "Processes (default: ${DEFAULT-VALUE}).")
    private int schedulers = 1;

    @Option(names = "--batch", defaultValue = "1", description = "Jobs of a request (default: ${DEFAULT-VALUE}).")
    private int batch = 1;

    @Option(names = "--no-slurm", description = "Leave Slurm out; it is beside single jobs only.")
    private boolean noSlurm;

    @Option(names = "--shared", description = "Where peers/slurm_peer.sh is (default: beside the checkout).")
    private Optional<Path> shared = Optional.empty();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Submit()).execute(args));
    }

    /** What one client did; {@code nanos} holds how long each request took. */
    private record Done(int refused, LongBuffer nanos) {
        LongStream each() {
            return IntStream.range(0, nanos.limit()).mapToLong(nanos::get);
        }
    }

    /** What a client does again and again. */
    private interface Request extends AutoCloseable {
        boolean send(int client, int number) throws IOException, SQLException;

        @Override
        void close() throws IOException, SQLException;
    }

    private interface Requests {
        Request connect(int client) throws IOException, SQLException;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, TimeoutException, SQLException, ExecutionException {
        List<Double> commits = new ArrayList<>();
        List<Double> submissions = new ArrayList<>();
        List<Double> p50 = new ArrayList<>();
        List<Double> p99 = new ArrayList<>();
        int refused = 0;
        try (BenchPostgres postgres = BenchPostgres.start();
                ClusterTrial cluster = ClusterTrial.in(
                        Files.createTempDirectory(Files.createDirectories(BenchJob.outputs()), "submit-"),
                        postgres.create("submit"),
                        schedulers)) {
            try (DemoApi api = cluster.scheduler(0).api()) {
                api.putPool(Trial.spec(POOL, 0, 0, LeaseSpec.DEFAULT, false));
            }
            PostgresDatabase raw = postgres.create("raw");
            prepare(raw);
            run(
                    "warm",
                    Duration.ofSeconds(warmUp),
                    client -> new Submission(cluster, client % schedulers, "warm", batch));
            for (int round = 1; round <= rounds; round++) {
                String name = "r" + round;
                Duration time = Duration.ofSeconds(seconds);
                commits.add(rate(run(name, time, client -> new Commit(raw))));
                List<Done> done = run(name, time, client -> new Submission(cluster, client % schedulers, name, batch));
                submissions.add(batch * rate(done));
                p50.add(millis(done, 0.5));
                p99.add(millis(done, 0.99));
                refused += done.stream().mapToInt(Done::refused).sum();
                System.err.printf(
                        "round %d: %.0f commits/s, %.0f submissions/s, p99 %.0f ms%n",
                        round, commits.getLast(), submissions.getLast(), p99.getLast());
            }
        }
        Report report = new Report("Durable submissions, " + (batch == 1 ? "one job" : batch + " jobs") + " each");
        report.condition("clients", clients + " connections, each waits for its answer; in this process");
        report.condition("schedulers", schedulers + "; PostgreSQL on the same machine, fsync on");
        report.condition("seconds", seconds + " each, " + warmUp + " before the first");
        report.row("raw commits of one row, as many connections", "1/s", commits, "");
        report.row("jobs submitted", "1/s", submissions, batch == 1 ? "1500" : "8000");
        report.row("p50", "ms", p50, "");
        report.row("p99", "ms", p99, "150");
        report.row("not accepted", "", List.of((double) refused), "0");
        if (batch == 1 && !noSlurm) {
            besideSlurm(median(submissions), report);
        }
        report.print(json);
        return refused == 0 ? 0 : 1;
    }

    /** As many times as many as Slurm's command line takes, and its library, eight at a time. */
    private void besideSlurm(double ours, Report report) throws IOException, InterruptedException {
        Map<String, Double> slurm = SlurmPeer.measure(BenchJob.shared(shared), "submit", report);
        ratio("our median over Slurm's parallel sbatch", ours, slurm.get("submit_sbatch_par8"), "3", report);
        ratio("our median over Slurm's C library", ours, slurm.get("submit_libslurm_par8"), "1", report);
    }

    private static void ratio(String name, double ours, @Nullable Double theirs, String limit, Report report) {
        if (theirs != null) {
            report.row(name, "", List.of(ours / theirs), limit);
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private List<Done> run(String name, Duration time, Requests requests)
            throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name(name + "-", 0).factory())) {
            long end = System.nanoTime() + time.toNanos();
            List<Callable<Done>> all = IntStream.range(0, clients)
                    .<Callable<Done>>mapToObj(client -> () -> work(client, end, requests))
                    .toList();
            List<Done> done = new ArrayList<>();
            for (Future<Done> future : threads.invokeAll(all)) {
                done.add(future.get());
            }
            return done;
        }
    }

    private static Done work(int client, long end, Requests requests) throws IOException, SQLException {
        long[] nanos = new long[1024];
        int count = 0;
        int refused = 0;
        try (Request request = requests.connect(client)) {
            for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
                refused += request.send(client, count) ? 0 : 1;
                if (count == nanos.length) {
                    nanos = Arrays.copyOf(nanos, 2 * count);
                }
                nanos[count++] = System.nanoTime() - now;
            }
        }
        return new Done(refused, LongBuffer.wrap(Arrays.copyOf(nanos, count)));
    }

    private double rate(List<Done> done) {
        return done.stream().mapToInt(one -> one.nanos().limit()).sum() / (double) seconds;
    }

    private static double millis(List<Done> done, double quantile) {
        long[] all = done.stream().flatMapToLong(Done::each).sorted().toArray();
        return all[(int) Math.min(all.length - 1L, (long) (quantile * all.length))] / 1e6;
    }

    private static void prepare(PostgresDatabase raw) throws SQLException {
        try (Connection connection = DriverManager.getConnection(raw.url(), raw.user(), raw.password());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE commits (id BIGSERIAL PRIMARY KEY, body TEXT NOT NULL)");
        }
    }

    /** A row of a job's size, committed by itself. */
    private static final class Commit implements Request {
        private final Connection connection;
        private final PreparedStatement insert;

        Commit(PostgresDatabase raw) throws SQLException {
            connection = DriverManager.getConnection(raw.url(), raw.user(), raw.password());
            insert = connection.prepareStatement("INSERT INTO commits (body) VALUES (?)");
            insert.setString(1, job(0));
        }

        @Override
        public boolean send(int client, int number) throws SQLException {
            return insert.executeUpdate() == 1;
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    private static final class Submission implements Request {
        private final SubmitClient client;
        private final String name;
        private final int batch;
        private final String jobs;

        Submission(ClusterTrial cluster, int scheduler, String name, int batch) throws IOException {
            this.client = new SubmitClient(cluster.scheduler(scheduler).port(), ClusterTrial.USER);
            this.name = name;
            this.batch = batch;
            this.jobs = IntStream.range(0, batch).mapToObj(Submit::job).collect(joining(", ", "{\"jobs\": [", "]}"));
        }

        @Override
        public boolean send(int client, int number) throws IOException {
            String key = name + "-" + client + "-" + number;
            int status = batch == 1
                    ? this.client.submit("/v1/jobs", job(number), key)
                    : this.client.submit("/v1/jobs/batch", jobs, key);
            return status == 201;
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }

    static String job(int number) {
        return """
            {"name": "bench-%d", "pool": "%s", "resources": {"accelerator": "cpu", "count": 1, "memory": "512MiB"},
             "command": ["/bin/true"]}
            """.formatted(number, POOL);
    }
}
