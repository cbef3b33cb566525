package dev.drover.bench;

import dev.drover.cloud.local.LocalCloudControl;
import dev.drover.dist.Main;
import dev.drover.dist.Programs;
import dev.drover.dist.demo.DemoApi;
import dev.drover.dist.demo.DemoJob;
import dev.drover.dist.demo.DemoWorld;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.pool.BackoffSpec;
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
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** A whole Drover in a directory of its own, for one benchmark. */
final class Trial implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final DemoWorld world;
    private final DemoApi api;
    private final LocalCloudControl cloud;
    private final Path text;

    private Trial(DemoWorld world, DemoApi api, LocalCloudControl cloud, Path text) {
        this.world = world;
        this.api = api;
        this.cloud = cloud;
        this.text = text;
    }

    static Trial start(String name) throws IOException, InterruptedException {
        Path parent = Files.createDirectories(Programs.root().resolve("bench/target"));
        Path dir = Files.createTempDirectory(parent, name + "-");
        Path catalog = dir.resolve("catalog.yaml");
        Files.writeString(catalog, DemoJob.catalog());
        Path text = dir.resolve("text.txt");
        DemoJob.writeOwnText(Programs.root(), text);
        Path home = dir.resolve("home");
        DemoWorld world = DemoWorld.start(
                home,
                Programs.ours(
                        Programs.CONTROLLER_FLAGS,
                        Main.class,
                        "up",
                        "--home",
                        home.toString(),
                        "--port",
                        "" + freePort(),
                        "--catalog",
                        catalog.toString(),
                        "--seed",
                        "1"));
        return new Trial(world, world.api(), world.cloud(), text);
    }

    DemoApi api() {
        return api;
    }

    LocalCloudControl cloud() {
        return cloud;
    }

    Path text() {
        return text;
    }

    /** A spot pool with that many warm nodes. */
    PoolSpec pool(String name, int minNodes) throws IOException, InterruptedException, TimeoutException {
        PoolSpec spec = new PoolSpec(
                new PoolName(name),
                CapacityMode.SPOT_WITH_FALLBACK,
                "local",
                List.of(),
                List.of("local.small"),
                minNodes,
                8,
                Duration.ofSeconds(5),
                true,
                LeaseSpec.DEFAULT,
                new BackoffSpec(Duration.ofMillis(100), Duration.ofMillis(500)),
                SwitchBackSpec.DEFAULT);
        api.putPool(spec);
        awaitNodes(spec);
        return spec;
    }

    void awaitNodes(PoolSpec pool) throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (api.readyNodes(pool).orElse(0) < pool.minNodes()) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("pool " + pool.name() + " did not get its nodes");
            }
            Thread.sleep(50);
        }
    }

    JobView await(JobId job, Predicate<JobView> condition) throws IOException, InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            JobView view = api.job(job);
            if (condition.test(view)) {
                return view;
            }
            if (view.state().isFinal()) {
                throw new IOException("job " + job + " ended too early: " + view);
            }
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("waited too long for " + job + ": " + view);
            }
            Thread.sleep(50);
        }
    }

    static boolean isRunning(JobView view, int generation) {
        ShardView shard = view.shards().getFirst();
        return shard.state() == ShardState.RUNNING && shard.generation() >= generation;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        cloud.close();
        api.close();
        world.close();
    }
}
