package dev.drover.bench.fleet;

import dev.drover.bench.BenchJob;
import dev.drover.bench.Report;
import dev.drover.cloud.CloudException;
import dev.drover.dist.demo.DemoApi;
import dev.drover.dist.trial.Deadline;
import dev.drover.protocol.api.NodeView;
import dev.drover.protocol.api.NodeView.Membership;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/fleet}: hundreds of agents, and what becomes of the schedulers when they come, go, and freeze. */
@Command(
        name = "bench/fleet",
        mixinStandardHelpOptions = true,
        description = "Many real agents, a shard on each: joining, churn, eviction of half, a freeze of a third."
                + " Exit code 1 when a scheduler left, a healthy agent was declared lost, or a shard left one.")
public final class FleetBench implements Callable<Integer> {
    private static final PoolName POOL = new PoolName(Fleet.POOL);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration NOTICE = Duration.ofSeconds(20);
    private static final int EVICT_WITHIN_SECONDS = 10;
    private static final int FREEZE_SECONDS = 12;
    private static final double CHURN_PER_MINUTE = 0.1;
    private static final int PROJECTED = 5_000;

    @Option(names = "--agents", defaultValue = "200", description = "At the end (default: ${DEFAULT-VALUE}).")
    private int agents = 200;

    @Option(names = "--hosts", defaultValue = "3", description = "Processes of agents (default: ${DEFAULT-VALUE}).")
    private int hosts = 3;

    @Option(names = "--schedulers", defaultValue = "3", description = "Processes (default: ${DEFAULT-VALUE}).")
    private int schedulers = 3;

    @Option(names = "--minutes", defaultValue = "5", description = "Of churn (default: ${DEFAULT-VALUE}).")
    private int minutes = 5;

    @Option(
            names = "--steady",
            defaultValue = "30",
            description = "Seconds in peace that the load is measured over (default: ${DEFAULT-VALUE}).")
    private int steadySeconds = 30;

    @Option(names = "--seed", defaultValue = "1", description = "Which agents are taken (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public static void main(String[] args) {
        System.exit(new CommandLine(new FleetBench()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, TimeoutException, SQLException, ExecutionException {
        Report report = new Report("Fleet: many agents that come, go and freeze");
        report.condition(
                "agents",
                agents + " real ones in " + hosts + " processes, each with a shard: a process with a step a second");
        report.condition("schedulers", schedulers + ", default settings; PostgreSQL on the same machine, fsync on");
        Set<String> violations;
        try (Fleet fleet = Fleet.start(BenchJob.outputs(), "fleet", new Fleet.Size(agents, 1, hosts, schedulers));
                DemoApi api = fleet.api()) {
            join(fleet, api, report, agents / 2, 0);
            Load half = Load.over(fleet, steadySeconds);
            join(fleet, api, report, agents, agents / 2);
            try (Watch watch = Watch.of(fleet.cluster())) {
                Load whole = Load.over(fleet, steadySeconds);
                steady(report, half, whole);
                Random random = new Random(seed);
                churn(fleet, api, watch, random, report);
                evictHalf(fleet, api, watch, random, report);
                freeze(fleet, api, watch, report);
                violations = watch.violations();
                report.condition("watched", watch.looks());
            }
        }
        report.row("violations", "", List.of((double) violations.size()), "0");
        report.print(json);
        violations.forEach(System.err::println);
        return violations.isEmpty() ? 0 : 1;
    }

    private void join(Fleet fleet, DemoApi api, Report report, int upTo, int before)
            throws IOException, InterruptedException, TimeoutException {
        long begin = System.nanoTime();
        fleet.awaitNodes(upTo);
        report.row("joining: from " + before + " to " + upTo + " agents", "s", List.of(since(begin)), "");
        progress(upTo + " agents are ready");
        try (PatientClient client = new PatientClient(fleet.cluster(), 0)) {
            for (int number = before; number < upTo; number++) {
                client.submit(job(fleet), "long-" + number);
            }
        }
        awaitRunning(api, upTo);
        progress(upTo + " shards run");
    }

    private static String job(Fleet fleet) {
        return """
            {"name": "long", "pool": "%s", "command": ["%s", "1000000", "1000", "60"],
             "resources": {"accelerator": "cpu", "count": 1, "memory": "512MiB"}}
            """.formatted(Fleet.POOL, fleet.programs().noOp());
    }

    private void steady(Report report, Load half, Load whole) {
        double more = agents - agents / 2.0;
        double holder = (whole.holder() - half.holder()) / more;
        double other = (whole.others() - half.others()) / more;
        report.row("in peace: the pool's scheduler", "% core", List.of(half.holder(), whole.holder()), "");
        report.row("in peace: another scheduler", "% core", List.of(half.others(), whole.others()), "");
        report.row("in peace: an agent with its program", "% core", List.of(whole.agents() / agents), "");
        report.row("in peace: PostgreSQL", "% core", List.of(whole.postgres()), "");
        report.row("in peace: the simulated cloud", "% core", List.of(whole.cloud()), "");
        report.row("memory of a scheduler", "MiB", whole.schedulerMiB(), "");
        report.row("memory of an agent, with its share of a host", "MiB", List.of(whole.agentsMiB() / agents), "");
        double projected = whole.holder() + holder * (PROJECTED - agents);
        report.row("projected, " + PROJECTED + " agents: the pool's scheduler", "% core", List.of(projected), "");
        report.row(
                "projected, " + PROJECTED + " agents: another scheduler",
                "% core",
                List.of(whole.others() + other * (PROJECTED - agents)),
                "");
        report.condition(
                "projection",
                "in a straight line through " + agents / 2 + " and " + agents
                        + " agents of one pool, all on one scheduler: "
                        + (int) Math.round((100 - whole.holder()) / Math.max(holder, 1e-9) + agents)
                        + " agents fill a core of the pool's scheduler");
    }

    /** Agents die one by one; the pool replaces them. */
    private void churn(Fleet fleet, DemoApi api, Watch watch, Random random, Report report)
            throws IOException, InterruptedException, TimeoutException {
        int deaths = (int) Math.round(agents * CHURN_PER_MINUTE * minutes);
        long begin = System.nanoTime();
        for (int death = 1; death <= deaths; death++) {
            NodeId node = healthy(api, watch, random).getFirst();
            watch.take(node);
            fleet.cloud().kill(node);
            long due = begin + TimeUnit.MINUTES.toNanos(minutes) * death / deaths;
            TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        }
        long end = System.nanoTime();
        awaitRunning(api, agents);
        report.row("churn: " + deaths + " deaths, from the last until all run", "s", List.of(since(end)), "");
        progress("churn is over");
    }

    private void evictHalf(Fleet fleet, DemoApi api, Watch watch, Random random, Report report)
            throws IOException, InterruptedException, TimeoutException, ExecutionException {
        List<NodeId> half = healthy(api, watch, random).subList(0, agents / 2);
        half.forEach(watch::take);
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> notices = new ArrayList<>();
            for (int i = 0; i < half.size(); i++) {
                NodeId node = half.get(i);
                notices.add(threads.submit(() -> {
                    evict(fleet, node);
                    return node;
                }));
                // Given one after the other, and a little sooner than allowed: the last takes its time, too.
                long due = begin + TimeUnit.SECONDS.toNanos(EVICT_WITHIN_SECONDS - 1) * (i + 1) / half.size();
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
            }
            for (Future<?> notice : notices) {
                notice.get();
            }
        }
        report.row("eviction of half: notices given within", "s", List.of(since(begin)), "" + EVICT_WITHIN_SECONDS);
        Deadline deadline = Deadline.in(PATIENCE);
        while (ready(api).stream().filter(node -> !watch.isTaken(node)).count() < agents) {
            deadline.pause(() -> "half of the nodes were not replaced");
        }
        awaitRunning(api, agents);
        report.row("eviction of half: from the first until all run elsewhere", "s", List.of(since(begin)), "");
        progress("half were evicted");
    }

    /** A cloud under load may not answer; to ask again is harmless. */
    private static void evict(Fleet fleet, NodeId node) throws IOException, InterruptedException, TimeoutException {
        Fleet.ask(() -> {
            try {
                fleet.cloud().evict(node, NOTICE);
                return node;
            } catch (CloudException e) {
                throw new IOException(e);
            }
        });
    }

    private void freeze(Fleet fleet, DemoApi api, Watch watch, Report report)
            throws IOException, InterruptedException, TimeoutException {
        int before = watch.unreachable();
        fleet.hosts().signal(0, "-STOP");
        TimeUnit.SECONDS.sleep(FREEZE_SECONDS);
        fleet.hosts().signal(0, "-CONT");
        long begin = System.nanoTime();
        Deadline deadline = Deadline.in(PATIENCE);
        while (ready(api).size() < agents) {
            deadline.pause(() -> "not all agents are ready after the freeze");
        }
        awaitRunning(api, agents);
        report.row(
                "freeze of " + FREEZE_SECONDS + " s: from its end until all are ready", "s", List.of(since(begin)), "");
        report.row(
                "freeze: agents seen to be unreachable meanwhile",
                "",
                List.of((double) (watch.unreachable() - before)),
                "");
        progress("the freeze is over");
    }

    /** Nodes that are ready and nobody has touched, in an order of the seed's. */
    private static List<NodeId> healthy(DemoApi api, Watch watch, Random random)
            throws IOException, InterruptedException, TimeoutException {
        List<NodeId> nodes = new ArrayList<>(ready(api).stream()
                .filter(node -> !watch.isTaken(node))
                .sorted()
                .toList());
        Collections.shuffle(nodes, random);
        return nodes;
    }

    private static List<NodeId> ready(DemoApi api) throws IOException, InterruptedException, TimeoutException {
        return Fleet.ask(() -> api.nodes(POOL)).stream()
                .filter(node -> node.membership() == Membership.READY)
                .map(NodeView::id)
                .toList();
    }

    private static void awaitRunning(DemoApi api, int shards)
            throws IOException, InterruptedException, TimeoutException {
        Deadline deadline = Deadline.in(PATIENCE);
        for (int running = 0;
                running < shards;
                running = Fleet.ask(() -> api.pool(POOL)).runningShards()) {
            int seen = running;
            deadline.pause(() -> "only " + seen + " of " + shards + " shards run");
        }
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private static void progress(String text) {
        System.err.println(text);
    }
}
