package dev.drover.bench.fleet;

import dev.drover.bench.BenchPostgres;
import dev.drover.cloud.local.LocalCloudControl;
import dev.drover.cloud.local.LocalCloudProcess;
import dev.drover.dist.demo.DemoApi;
import dev.drover.dist.trial.ClusterTrial;
import dev.drover.dist.trial.Deadline;
import dev.drover.dist.trial.Trial;
import dev.drover.persistence.journal.PostgresDatabase;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * A shared cluster on a PostgreSQL of its own, and a pool of many real agents that live together in few processes.
 *
 * <p>Schedulers, database and local cloud are as they always are; only what the cloud starts as an instance is another program
 * ({@link NodeHosts}). Closing it ends every process of it and leaves its directory, in which the logs are.
 */
final class Fleet implements AutoCloseable {
    static final String POOL = "fleet";

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final CompiledPrograms programs;
    private final NodeHosts hosts;
    private final BenchPostgres postgres;
    private final PostgresDatabase database;
    private final LocalCloudProcess cloud;
    private final ClusterTrial cluster;
    private final LocalCloudControl faults;

    /** How large it is; {@code slots} are a node's. */
    record Size(int agents, int slots, int hosts, int schedulers) {}

    private Fleet(
            CompiledPrograms programs,
            NodeHosts hosts,
            BenchPostgres postgres,
            PostgresDatabase database,
            LocalCloudProcess cloud,
            ClusterTrial cluster) {
        this.programs = programs;
        this.hosts = hosts;
        this.postgres = postgres;
        this.database = database;
        this.cloud = cloud;
        this.cluster = cluster;
        this.faults = LocalCloudControl.open(cluster.home().resolve("cloud"));
    }

    /** Starts all but the nodes, in a fresh directory under {@code parent}; returns when the schedulers answer. */
    static Fleet start(Path parent, String name, Size size)
            throws IOException, InterruptedException, TimeoutException, SQLException {
        CompiledPrograms programs = CompiledPrograms.compile();
        Path directory = Files.createTempDirectory(Files.createDirectories(parent), name + "-");
        NodeHosts hosts = NodeHosts.start(directory, size.hosts(), programs);
        Runtime.getRuntime().addShutdownHook(new Thread(hosts::close, "hosts-end"));
        BenchPostgres postgres = BenchPostgres.start();
        PostgresDatabase database = postgres.create("fleet");
        hosts.awaitReady();
        // Schedulers use the cloud that runs, and start one of real instances only where there is none.
        LocalCloudProcess cloud = startCloud(directory, hosts, size);
        ClusterTrial cluster = ClusterTrial.in(directory, database, size.schedulers());
        return new Fleet(programs, hosts, postgres, database, cloud, cluster);
    }

    private static LocalCloudProcess startCloud(Path directory, NodeHosts hosts, Size size)
            throws IOException, InterruptedException {
        Path home = Files.createDirectories(directory.resolve("home"));
        Path image = directory.resolve("instance.json");
        hosts.image().write(image);
        Path catalog = Files.writeString(directory.resolve("fleet-catalog.yaml"), catalog(size));
        return LocalCloudProcess.startIfAbsent(LocalCloudProcess.Options.of(home.resolve("cloud"), image)
                .withCatalog(catalog)
                .withSeed(1));
    }

    /** Room for all of them twice in every market; nothing is taken but by a drill. */
    private static String catalog(Size size) {
        int room = 2 * size.agents();
        return """
            regions:
              - {name: north, zones: [north-a, north-b]}
            types:
              - name: local.small
                resources: {accelerator: cpu, count: %d, memory: %dMiB}
                onDemandPerHour: {amount: 0.40, currency: USD}
            spot: {lowestShare: 0.10, highestShare: 0.40, leastCapacity: %d, mostCapacity: %d}
            quota: {spot: %d, onDemand: %d}
            tick: 5s
            notice: 30s
            grace: 2s
            launchDelay: 200ms
            remember: 10m
            traces: []
            """.formatted(size.slots(), 512 * size.slots(), room, room, 2 * room, room);
    }

    /** Gives the pool that many nodes, room for half as many more, and default leases; returns when they are ready. */
    void awaitNodes(int count) throws IOException, InterruptedException, TimeoutException {
        PoolSpec pool = Trial.spec(POOL, count, count + count / 2, LeaseSpec.DEFAULT, false);
        try (DemoApi api = api()) {
            ask(() -> {
                api.putPool(pool);
                return pool;
            });
            Deadline deadline = Deadline.in(PATIENCE);
            while (api.readyNodes(pool).orElse(0) < count) {
                deadline.pause(() -> "the pool did not get its " + count + " nodes");
            }
        }
    }

    /** What an operator asks the API. */
    interface Question<T> {
        T ask() throws IOException, InterruptedException;
    }

    /** Asks again and again until there is an answer: a scheduler under load may say that it has none now. */
    static <T> T ask(Question<T> question) throws IOException, InterruptedException, TimeoutException {
        Deadline deadline = Deadline.in(PATIENCE);
        while (true) {
            try {
                return question.ask();
            } catch (IOException e) {
                deadline.pause(() -> "no answer but " + e);
            }
        }
    }

    /** As an operator, by the first scheduler. */
    DemoApi api() {
        return cluster.scheduler(0).api();
    }

    ClusterTrial cluster() {
        return cluster;
    }

    CompiledPrograms programs() {
        return programs;
    }

    NodeHosts hosts() {
        return hosts;
    }

    LocalCloudControl cloud() {
        return faults;
    }

    PostgresDatabase database() {
        return database;
    }

    ProcessFamily cloudFamily() throws IOException {
        return ProcessFamily.of(cloud.pid());
    }

    ProcessFamily postgresFamily() throws IOException, SQLException {
        return ProcessFamily.of(postgres.pid());
    }

    ProcessFamily scheduler(int index) throws IOException {
        return ProcessFamily.of(cluster.scheduler(index).pid());
    }

    @Override
    public void close() throws IOException {
        faults.close();
        cluster.close();
        hosts.close();
        postgres.close();
    }
}
