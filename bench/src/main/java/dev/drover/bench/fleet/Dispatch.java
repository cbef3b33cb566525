package dev.drover.bench.fleet;

import dev.drover.bench.BenchJob;
import dev.drover.bench.Report;
import dev.drover.bench.SlurmPeer;
import dev.drover.dist.trial.ClusterTrial;
import dev.drover.dist.trial.Deadline;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/dispatch}: from accepted to finished, for shards that do nothing, beside Slurm's. */
@Command(
        name = "bench/dispatch",
        mixinStandardHelpOptions = true,
        description =
                "Shards of a program that does nothing, from their submission until all have finished, over many agents:"
                        + " as processes and inside the agents, beside Slurm where it is installed.")
public final class Dispatch implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int PEACE_SECONDS = 10;
    private static final int REST_SECONDS = 20;

    @Option(names = "--agents", defaultValue = "64", description = "Nodes (default: ${DEFAULT-VALUE}).")
    private int agents = 64;

    @Option(names = "--slots", defaultValue = "4", description = "Shards at once on each (default: ${DEFAULT-VALUE}).")
    private int slots = 4;

    @Option(names = "--hosts", defaultValue = "8", description = "Processes of agents (default: ${DEFAULT-VALUE}).")
    private int hosts = 8;

    @Option(names = "--schedulers", defaultValue = "1", description = "Processes (default: ${DEFAULT-VALUE}).")
    private int schedulers = 1;

    @Option(names = "--clients", defaultValue = "8", description = "Connections (default: ${DEFAULT-VALUE}).")
    private int clients = 8;

    @Option(names = "--shards", defaultValue = "2000", description = "Of each round (default: ${DEFAULT-VALUE}).")
    private int shards = 2000;

    @Option(names = "--rounds", defaultValue = "3", description = "Of each kind (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(
            names = "--warm-up",
            defaultValue = "30",
            description = "Seconds of each kind that are not counted, a round at least (default: ${DEFAULT-VALUE}).")
    private int warmUp = 30;

    @Option(names = "--only", defaultValue = "", description = "Only rows whose name has this in it, as 'inside'.")
    private String only = "";

    @Option(
            names = "--dir",
            description = "Where nodes and checkpoints are (default: bench/target): a tmpfs shows what the disk costs.")
    private Optional<Path> directory = Optional.empty();

    @Option(names = "--no-slurm", description = "Leave Slurm out.")
    private boolean noSlurm;

    @Option(names = "--shared", description = "Where peers/slurm_peer.sh is (default: beside the checkout).")
    private Optional<Path> shared = Optional.empty();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    private final Map<Kind, Double> medians = new LinkedHashMap<>();

    /** What is measured: who runs the program, and how many shards a job has. */
    private record Kind(String name, String command, int shardsOfJob, String limit) {
        /** What Slurm's script calls the same: an array is a job of many tasks. */
        String likeOf() {
            return shardsOfJob == 1 ? "dispatch_jobs" : "dispatch_array";
        }
    }

    public static void main(String[] args) {
        System.exit(new CommandLine(new Dispatch()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, TimeoutException, SQLException, ExecutionException {
        Report report = new Report("Dispatch: shards that do nothing, accepted to finished");
        report.condition("agents", agents + " real ones in " + hosts + " processes, " + slots + " slots each");
        report.condition(
                "schedulers", schedulers + "; PostgreSQL on the same machine, fsync on; " + clients + " clients");
        report.condition("store", directory.map(Path::toString).orElse("on this disk, each checkpoint forced to it"));
        report.condition(
                "rounds",
                rounds + " of " + shards + " shards each, after " + warmUp + " s of such that are not counted");
        try (Fleet fleet = Fleet.start(
                directory.orElseGet(BenchJob::outputs), "dispatch", new Fleet.Size(agents, slots, hosts, schedulers))) {
            fleet.awaitNodes(agents);
            String noOp = "[\"" + fleet.programs().noOp() + "\", ";
            String process = noOp + "\"0\", \"0\", \"1\"]";
            String saving = noOp + "\"1\", \"0\", \"1\"]";
            String inside = "[\"" + InsideProgram.COMMAND + "\"]";
            List<Kind> kinds = List.of(
                    new Kind("a process per shard, jobs of 1", process, 1, "150"),
                    new Kind("a process per shard, jobs of 50", process, 50, "150"),
                    new Kind("a process per shard that saves a step, jobs of 50", saving, 50, ""),
                    new Kind("inside the agent, jobs of 1", inside, 1, "1000"),
                    new Kind("inside the agent, jobs of 50", inside, 50, "1000"));
            inPeace(fleet, report);
            for (Kind kind :
                    kinds.stream().filter(it -> it.name().contains(only)).toList()) {
                measure(fleet, kind, report);
            }
        }
        if (!noSlurm) {
            compare(SlurmPeer.measure(BenchJob.shared(shared), "dispatch", report), report);
        }
        report.print(json);
        return 0;
    }

    /** Each kind's median over the fastest of Slurm's like it. */
    private void compare(Map<String, Double> slurm, Report report) {
        medians.forEach((kind, ours) -> slurm.entrySet().stream()
                .filter(theirs -> theirs.getKey().startsWith(kind.likeOf()))
                .mapToDouble(Map.Entry::getValue)
                .max()
                .ifPresent(theirs -> report.row(
                        kind.name() + ", over Slurm's fastest",
                        "",
                        List.of(ours / theirs),
                        kind.command().contains(InsideProgram.COMMAND) ? "" : "2")));
    }

    private static void inPeace(Fleet fleet, Report report) throws IOException, InterruptedException, SQLException {
        TimeUnit.SECONDS.sleep(REST_SECONDS);
        Map<String, Double> before = cpuSeconds(fleet);
        TimeUnit.SECONDS.sleep(PEACE_SECONDS);
        cpuSeconds(fleet).forEach((who, seconds) -> {
            double percent = (seconds - before.getOrDefault(who, 0.0)) * 100 / PEACE_SECONDS;
            report.row("in peace: " + who, "% core", List.of(percent), "");
        });
    }

    private void measure(Fleet fleet, Kind kind, Report report)
            throws IOException, InterruptedException, TimeoutException, SQLException, ExecutionException {
        List<Double> rates = new ArrayList<>();
        Map<String, List<Double>> costs = new TreeMap<>();
        int round = 0;
        long warm = System.nanoTime() + TimeUnit.SECONDS.toNanos(warmUp);
        do {
            round(fleet, kind, round++);
        } while (System.nanoTime() - warm < 0);
        while (rates.size() < rounds) {
            Map<String, Double> before = cpuSeconds(fleet);
            rates.add(shards / round(fleet, kind, round++));
            Map<String, Double> after = cpuSeconds(fleet);
            after.forEach((who, seconds) -> costs.computeIfAbsent(who, ignored -> new ArrayList<>())
                    .add((seconds - before.getOrDefault(who, 0.0)) * 1000 / shards));
            System.err.printf("%s, round %d: %.0f/s%n", kind.name(), rates.size(), rates.getLast());
        }
        report.row(kind.name(), "1/s", rates, kind.limit());
        medians.put(kind, rates.stream().sorted().toList().get(rates.size() / 2));
        costs.forEach((who, millis) -> report.row("  processor time per shard: " + who, "ms", millis, ""));
    }

    private static Map<String, Double> cpuSeconds(Fleet fleet) throws IOException, SQLException {
        Map<String, Double> seconds = new TreeMap<>();
        double of = 0;
        for (int i = 0; i < fleet.cluster().size(); i++) {
            of += fleet.scheduler(i).cpuSeconds();
        }
        seconds.put("schedulers", of);
        of = 0;
        for (int i = 0; i < fleet.hosts().count(); i++) {
            of += fleet.hosts().family(i).cpuSeconds();
        }
        seconds.put("agents", of);
        seconds.put("PostgreSQL", fleet.postgresFamily().cpuSeconds());
        seconds.put("clients", ProcessFamily.of(ProcessHandle.current().pid()).ownCpuSeconds());
        return seconds;
    }

    /** Submits all, and returns the seconds until the last has finished. */
    private double round(Fleet fleet, Kind kind, int number)
            throws IOException, InterruptedException, TimeoutException, SQLException, ExecutionException {
        int jobs = shards / kind.shardsOfJob();
        String prefix = kind.name().hashCode() + "-" + number + "-";
        try (Connection connection = connect(fleet);
                PreparedStatement finished = connection.prepareStatement("SELECT count(*) FROM finished_jobs")) {
            long before = count(finished);
            long begin = System.nanoTime();
            submit(fleet.cluster(), kind, prefix, jobs);
            Deadline deadline = Deadline.in(PATIENCE);
            while (count(finished) - before < jobs) {
                deadline.pause(() -> "not all " + jobs + " jobs finish");
            }
            return (System.nanoTime() - begin) / 1e9;
        }
    }

    private static Connection connect(Fleet fleet) throws SQLException {
        return DriverManager.getConnection(
                fleet.database().url(),
                fleet.database().user(),
                fleet.database().password());
    }

    private static long count(PreparedStatement finished) throws SQLException {
        try (ResultSet row = finished.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private void submit(ClusterTrial cluster, Kind kind, String prefix, int jobs)
            throws InterruptedException, ExecutionException {
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            List<Callable<Integer>> all = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                PatientClient patient = new PatientClient(cluster, client);
                all.add(() -> submit(patient, kind, prefix, next, jobs));
            }
            for (Future<Integer> one : threads.invokeAll(all)) {
                one.get();
            }
        }
    }

    private static int submit(PatientClient client, Kind kind, String prefix, AtomicInteger next, int jobs)
            throws IOException, InterruptedException {
        int taken = 0;
        try (client) {
            for (int number = next.getAndIncrement(); number < jobs; number = next.getAndIncrement()) {
                client.submit(job(kind), prefix + number);
                taken++;
            }
        }
        return taken;
    }

    private static String job(Kind kind) {
        return """
            {"name": "no-op", "pool": "%s", "shards": %d, "command": %s,
             "resources": {"accelerator": "cpu", "count": 1, "memory": "512MiB"}}
            """.formatted(Fleet.POOL, kind.shardsOfJob(), kind.command());
    }
}
