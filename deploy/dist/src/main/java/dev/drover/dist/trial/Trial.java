package dev.drover.dist.trial;

import dev.drover.cloud.local.LocalCloudControl;
import dev.drover.dist.Main;
import dev.drover.dist.Programs;
import dev.drover.dist.demo.DemoApi;
import dev.drover.dist.demo.DemoJob;
import dev.drover.dist.demo.DemoWorld;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.NodeView;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.pool.BackoffSpec;
import dev.drover.protocol.pool.BuyingSpec;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.pool.SwitchBackSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * A whole Drover in a directory of its own: a real controller process, a real local cloud, real agents and trainers.
 *
 * <p>Closing it ends every process of it and leaves the directory, in which the logs are.
 */
public final class Trial implements AutoCloseable {
    /** No node is ended for want of work: what becomes of one shows what the trial is about. */
    private static final Duration NEVER_IDLE = Duration.ofHours(1);

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Path home;
    private final DemoWorld world;
    private final DemoApi api;
    private final LocalCloudControl cloud;
    private final Path text;

    private Trial(Path home, DemoWorld world, DemoApi api, LocalCloudControl cloud, Path text) {
        this.home = home;
        this.world = world;
        this.api = api;
        this.cloud = cloud;
        this.text = text;
    }

    /** In a fresh directory under {@code parent}. */
    public static Trial under(Path parent, String name) throws IOException, InterruptedException {
        return in(Files.createTempDirectory(Files.createDirectories(parent), name + "-"));
    }

    /**
     * In {@code directory}.
     *
     * @param options more options of {@code drover up}
     */
    public static Trial in(Path directory, String... options) throws IOException, InterruptedException {
        Path catalog = directory.resolve("catalog.yaml");
        Files.writeString(catalog, DemoJob.catalog());
        Path text = directory.resolve("text.txt");
        DemoJob.writeOwnText(Programs.root(), text);
        Path home = directory.resolve("home");
        List<String> up = new ArrayList<>(List.of("up", "--home", home.toString(), "--port", "" + freePort()));
        up.addAll(List.of("--catalog", catalog.toString(), "--seed", "1"));
        up.addAll(List.of(options));
        DemoWorld world =
                DemoWorld.start(home, Programs.ours(Programs.CONTROLLER_FLAGS, Main.class, up.toArray(String[]::new)));
        return new Trial(home, world, world.api(), world.cloud(), text);
    }

    public DemoApi api() {
        return api;
    }

    public LocalCloudControl cloud() {
        return cloud;
    }

    public DemoWorld world() {
        return world;
    }

    /** Text to train on: Drover's own. */
    public Path text() {
        return text;
    }

    /** Checkpoints and logs, where {@code up} was given no other place for them. */
    public Path store() {
        return home.resolve("store");
    }

    /** What an instance has on this machine. */
    public Path instance(String instanceId) {
        return home.resolve("cloud").resolve("instances").resolve(instanceId);
    }

    /** A spot pool with that many warm nodes, patient with silence. */
    public PoolSpec pool(String name, int minNodes) throws IOException, InterruptedException, TimeoutException {
        return pool(name, minNodes, 8, LeaseSpec.DEFAULT);
    }

    /** A spot pool with that many warm nodes; returns when they are ready. */
    public PoolSpec pool(String name, int minNodes, int maxNodes, LeaseSpec lease)
            throws IOException, InterruptedException, TimeoutException {
        return pool(name, minNodes, maxNodes, lease, true);
    }

    /** As the other; {@code spares} says whether its agents pre-start training processes. */
    public PoolSpec pool(String name, int minNodes, int maxNodes, LeaseSpec lease, boolean spares)
            throws IOException, InterruptedException, TimeoutException {
        PoolSpec spec = spec(name, minNodes, maxNodes, lease, spares);
        api.putPool(spec);
        awaitNodes(spec);
        return spec;
    }

    /** A spot pool that ends no node for want of work, and is not put off for long. */
    public static PoolSpec spec(String name, int minNodes, int maxNodes, LeaseSpec lease, boolean spares) {
        return new PoolSpec(
                new PoolName(name),
                CapacityMode.SPOT_WITH_FALLBACK,
                "local",
                List.of(),
                List.of("local.small"),
                minNodes,
                maxNodes,
                NEVER_IDLE,
                spares,
                lease,
                new BackoffSpec(Duration.ofMillis(100), Duration.ofMillis(500)),
                SwitchBackSpec.DEFAULT,
                BuyingSpec.DEFAULT);
    }

    public void awaitNodes(PoolSpec pool) throws InterruptedException, TimeoutException {
        Deadline deadline = Deadline.in(PATIENCE);
        while (api.readyNodes(pool).orElse(0) < pool.minNodes()) {
            deadline.pause(() -> "pool " + pool.name() + " did not get its " + pool.minNodes() + " nodes");
        }
    }

    /** The job when it is as {@code condition} wants it; one that ends otherwise is an error. */
    public JobView await(JobId job, Predicate<JobView> condition)
            throws IOException, InterruptedException, TimeoutException {
        Deadline deadline = Deadline.in(PATIENCE);
        while (true) {
            JobView view = api.job(job);
            if (condition.test(view)) {
                return view;
            }
            if (view.state().isFinal()) {
                throw new IOException("job " + job + " ended too early: " + view);
            }
            deadline.pause(() -> "waited too long for " + job + ": " + view);
        }
    }

    /** Returns when that moment has passed: for what must last, as an outage longer than a lease. */
    public void awaitPast(Instant moment) throws InterruptedException, TimeoutException {
        Deadline deadline = Deadline.in(PATIENCE);
        while (Instant.now().isBefore(moment)) {
            deadline.pause(() -> moment + " is too far away");
        }
    }

    /** What the pool says of one of its nodes. */
    public NodeView node(PoolName pool, NodeId node) throws IOException, InterruptedException {
        return api.nodes(pool).stream()
                .filter(view -> view.id().equals(node))
                .findFirst()
                .orElseThrow(() -> new IOException("pool " + pool + " knows no node " + node));
    }

    /** The surviving losses by step of a job that has ended, as exact bits; of its one shard. */
    public Map<Integer, String> losses(JobId job) throws IOException, InterruptedException {
        Map<Integer, String> losses = new TreeMap<>();
        api.history(job).stream()
                .filter(point -> !point.superseded())
                .forEach(point -> losses.put(point.step(), point.lossBits()));
        return losses;
    }

    /** The losses of {@code job} where nothing happens to it, in a pool of its own. */
    public Map<Integer, String> undisturbed(SmallJob job) throws IOException, InterruptedException, TimeoutException {
        PoolSpec calm = pool("undisturbed", 0, 1, LeaseSpec.DEFAULT);
        JobId id = api.submit(job.in(calm.name()), "undisturbed-" + job.steps());
        await(id, view -> view.state() == JobState.SUCCEEDED);
        api.putPool(calm.withNodes(0, 0));
        return losses(id);
    }

    /** Whether the first shard runs under that generation or a later one. */
    public static boolean isRunning(JobView view, int generation) {
        ShardView shard = view.shards().getFirst();
        return shard.state() == ShardState.RUNNING && shard.generation() >= generation;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /**
     * Ends everything, and looks whether it did.
     *
     * @return what was left behind, in words; empty when nothing was
     */
    public Optional<String> end() throws IOException {
        close();
        List<Long> left = world.leftBehind();
        return left.isEmpty() ? Optional.empty() : Optional.of("processes were left behind: " + left);
    }

    @Override
    public void close() {
        cloud.close();
        api.close();
        world.close();
    }
}
