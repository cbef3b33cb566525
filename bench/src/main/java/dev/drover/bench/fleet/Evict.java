package dev.drover.bench.fleet;

import dev.drover.bench.BenchJob;
import dev.drover.bench.BenchPostgres;
import dev.drover.bench.Report;
import dev.drover.bench.SlurmPeer;
import dev.drover.dist.demo.DemoApi;
import dev.drover.dist.demo.TelemetryPoint;
import dev.drover.dist.trial.ClusterTrial;
import dev.drover.dist.trial.Deadline;
import dev.drover.dist.trial.Trial;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.NodeView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/evict}: from the taking of a node until its shard makes a step elsewhere, beside Slurm's. */
@Command(
        name = "bench/evict",
        mixinStandardHelpOptions = true,
        description =
                "How long until a training runs elsewhere: evicted by the operator, and its node killed with -9; on a shared"
                        + " cluster with default settings and a warm node, beside Slurm where it is installed.")
public final class Evict implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int NODES = 2;
    private static final int SETTLED_STEPS = 25;

    @Option(names = "--rounds", defaultValue = "5", description = "Of each kind (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--schedulers", defaultValue = "3", description = "Processes (default: ${DEFAULT-VALUE}).")
    private int schedulers = 3;

    @Option(names = "--no-slurm", description = "Leave Slurm out. It takes about 20 minutes.")
    private boolean noSlurm;

    @Option(names = "--shared", description = "Where peers/slurm_peer.sh is (default: beside the checkout).")
    private Optional<Path> shared = Optional.empty();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** How a node is taken. */
    private enum Way {
        NOTICE("noticed", "evicted by the operator with 30 s of notice", ""),
        AT_ONCE("taken", "evicted by the operator at once", "2"),
        KILL("killed", "kill -9 of all processes of the node", "12");

        private final String pool;
        private final String text;
        private final String limit;

        Way(String pool, String text, String limit) {
            this.pool = pool;
            this.text = text;
            this.limit = limit;
        }
    }

    public static void main(String[] args) {
        System.exit(new CommandLine(new Evict()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, TimeoutException, SQLException {
        Report report = new Report("Eviction: until the training makes a step elsewhere");
        report.condition("schedulers", schedulers + ", default settings; PostgreSQL on the same machine, fsync on");
        report.condition(
                "model", "3 layers, width 64, context 64, micro-batch 16 x 2, 1 thread, checkpoint every 20 steps");
        report.condition("nodes", NODES + ": one trains, one waits with a program started ahead");
        try (BenchPostgres postgres = BenchPostgres.start();
                ClusterTrial cluster = ClusterTrial.in(
                        Files.createTempDirectory(Files.createDirectories(BenchJob.outputs()), "evict-"),
                        postgres.create("evict"),
                        schedulers);
                DemoApi api = cluster.scheduler(0).api()) {
            for (Way way : Way.values()) {
                report.row(way.text, "s", measure(cluster, api, way), way.limit);
            }
        }
        if (!noSlurm) {
            var _ = SlurmPeer.measure(BenchJob.shared(shared), "evict", report);
            var _ = SlurmPeer.measure(BenchJob.shared(shared), "fail", report);
        }
        report.print(json);
        return 0;
    }

    private List<Double> measure(ClusterTrial cluster, DemoApi api, Way way)
            throws IOException, InterruptedException, TimeoutException {
        PoolSpec pool = Trial.spec(way.pool, NODES, 2 * NODES, LeaseSpec.DEFAULT, true);
        api.putPool(pool);
        JobId job = api.submit(BenchJob.small(pool, cluster.text(), 1_000_000, 20), way.name());
        List<Long> begun = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            int generation = round;
            JobView view = await(api, job, seen -> Trial.isRunning(seen, generation) && isSettled(seen));
            awaitWarm(api, pool);
            NodeId node = view.shards().getFirst().node().orElseThrow();
            begun.add(Instant.now().toEpochMilli());
            take(cluster, api, pool, node, way);
            await(api, job, seen -> Trial.isRunning(seen, generation + 1));
            System.err.println(way.text + ": round " + round);
        }
        await(api, job, seen -> Trial.isRunning(seen, rounds + 1) && isSettled(seen));
        List<TelemetryPoint> points = api.telemetry(job);
        List<Double> seconds = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            seconds.add((firstStep(points, round + 1) - begun.get(round - 1)) / 1000.0);
        }
        api.cancel(job);
        api.putPool(pool.withNodes(0, 0));
        return seconds;
    }

    private static void take(ClusterTrial cluster, DemoApi api, PoolSpec pool, NodeId node, Way way)
            throws IOException, InterruptedException {
        switch (way) {
            case NOTICE -> api.evict(pool.name(), node, Optional.of(Duration.ofSeconds(30)));
            case AT_ONCE -> api.evict(pool.name(), node, Optional.empty());
            case KILL -> kill(cluster, api, pool, node);
        }
    }

    /** As if the machine had lost its power: all at once, and nobody says so. */
    private static void kill(ClusterTrial cluster, DemoApi api, PoolSpec pool, NodeId node)
            throws IOException, InterruptedException {
        String instance = api.nodes(pool.name()).stream()
                .filter(view -> view.id().equals(node))
                .findFirst()
                .flatMap(NodeView::instanceId)
                .orElseThrow(() -> new IOException("node " + node + " has no instance"));
        Path noted = cluster.home().resolve("cloud/instances").resolve(instance).resolve("start-1.pid");
        ProcessHandle agent = ProcessHandle.of(
                        Long.parseLong(Files.readString(noted).strip()))
                .orElseThrow(() -> new IOException("the agent of node " + node + " does not run"));
        try (Stream<ProcessHandle> started = agent.descendants()) {
            List<ProcessHandle> all = Stream.concat(Stream.of(agent), started).toList();
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }

    /** So many steps were made that their checkpoint is published, and the program is as fast as it gets. */
    private static boolean isSettled(JobView view) {
        var shard = view.shards().getFirst();
        return shard.step() - shard.attempts().getLast().resumedFromStep() >= SETTLED_STEPS;
    }

    /** All nodes are there, and have had the time to start a program ahead. */
    private static void awaitWarm(DemoApi api, PoolSpec pool)
            throws IOException, InterruptedException, TimeoutException {
        Deadline deadline = Deadline.in(PATIENCE);
        Instant since = Instant.now();
        while (Duration.between(since, Instant.now()).compareTo(Duration.ofSeconds(6)) < 0) {
            if (api.readyNodes(pool).orElse(0) < NODES) {
                since = Instant.now();
            }
            deadline.pause(() -> "pool " + pool.name() + " did not get its nodes");
        }
    }

    private static JobView await(DemoApi api, JobId job, Predicate<JobView> condition)
            throws IOException, InterruptedException, TimeoutException {
        Deadline deadline = Deadline.in(PATIENCE);
        while (true) {
            JobView view = api.job(job);
            if (condition.test(view)) {
                return view;
            }
            deadline.pause(() -> "waited too long for " + job + ": " + view);
        }
    }

    private static long firstStep(List<TelemetryPoint> points, int generation) {
        return points.stream()
                .filter(point -> point.generation() == generation)
                .mapToLong(TelemetryPoint::epochMillis)
                .min()
                .orElseThrow();
    }
}
