package dev.drover.bench.chaos;

import dev.drover.bench.chaos.history.Entry;
import dev.drover.bench.chaos.history.HistoryFile;
import dev.drover.cloud.Instance;
import dev.drover.cloud.InstanceState;
import dev.drover.cloud.local.Image;
import dev.drover.cloud.local.LocalCloudControl;
import dev.drover.cloud.local.LocalCloudProcess;
import dev.drover.dist.Programs;
import dev.drover.dist.demo.DemoApi;
import dev.drover.dist.demo.DemoJob;
import dev.drover.dist.trial.ClusterTrial;
import dev.drover.dist.trial.ClusterTrial.SchedulerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/**
 * Everything that a campaign runs, in the campaign's directory: PostgreSQL, the local cloud and its instances, three schedulers, each on a
 * host of its own. A scheduler that ends by itself is started again, as a service would be.
 */
final class ChaosWorld implements AutoCloseable {
    static final int SCHEDULERS = 3;
    private static final int POSTGRES_HOST = SCHEDULERS;
    private static final Duration CLOUD_ENDS_WITHIN = Duration.ofSeconds(60);
    private static final long SUPERVISE_MILLIS = 500;

    private final Path directory;
    private final Hosts hosts;
    private final HistoryFile history;
    private final ChaosPostgres postgres;
    private final List<SchedulerProcess> schedulers = new ArrayList<>();
    private final Set<Integer> down = new HashSet<>();
    private final LocalCloudControl drills;
    private volatile boolean ending;

    private ChaosWorld(Path directory, Hosts hosts, HistoryFile history, ChaosPostgres postgres) {
        this.directory = directory;
        this.hosts = hosts;
        this.history = history;
        this.postgres = postgres;
        this.drills = LocalCloudControl.open(home(directory).resolve("cloud"));
    }

    /** Starts it, and waits until every scheduler answers. */
    static ChaosWorld start(Path directory, Hosts hosts, HistoryFile history)
            throws IOException, InterruptedException, TimeoutException, SQLException {
        Files.createDirectories(directory);
        for (int host = 0; host <= POSTGRES_HOST; host++) {
            hosts.add(host);
        }
        ChaosPostgres postgres = ChaosPostgres.open(
                directory.resolve("postgres"),
                hosts.prefix(POSTGRES_HOST),
                hosts.address(POSTGRES_HOST),
                hosts.port(5432));
        ChaosWorld world = new ChaosWorld(directory, hosts, history, postgres);
        try {
            world.begin();
            return world;
        } catch (IOException | InterruptedException | TimeoutException | RuntimeException e) {
            world.close();
            throw e;
        }
    }

    private void begin() throws IOException, InterruptedException, TimeoutException {
        Path catalog = directory.resolve("catalog.yaml");
        Files.writeString(
                catalog,
                DemoJob.catalog().replace("leastCapacity: 6, mostCapacity: 12", "leastCapacity: 12, mostCapacity: 12"));
        if (!Files.exists(text())) {
            DemoJob.writeOwnText(Programs.root(), text());
        }
        Image plain = Image.read(Programs.describe(home()));
        List<String> command = new ArrayList<>(hosts.instancePrefix());
        command.addAll(plain.command());
        Path image = directory.resolve("image.json");
        new Image(command, plain.environment()).write(image);
        LocalCloudProcess.startIfAbsent(LocalCloudProcess.Options.of(home().resolve("cloud"), image)
                .withCatalog(catalog)
                .withSeed(1)
                .withBind(hosts.ownAddress()));
        Files.writeString(directory.resolve("password"), postgres.database().password());
        Files.writeString(directory.resolve("user"), ClusterTrial.USER);
        Files.writeString(directory.resolve("admin"), ClusterTrial.ADMIN);
        Files.writeString(directory.resolve("agents"), "agents-secret-of-a-trial");
        List<Integer> cluster = ports(25520);
        List<Integer> http = ports(7070);
        for (int i = 0; i < SCHEDULERS; i++) {
            Path config = directory.resolve("scheduler-" + i + ".yaml");
            Files.writeString(config, config(i, cluster, http));
            schedulers.add(SchedulerProcess.on(hosts.prefix(i), config, hosts.address(i), http.get(i)));
        }
        for (int i = 0; i < SCHEDULERS; i++) {
            start(i);
        }
        for (SchedulerProcess scheduler : schedulers) {
            scheduler.awaitReady();
        }
        Thread.ofPlatform().daemon().name("supervisor").start(this::supervise);
    }

    private List<Integer> ports(int usual) throws IOException {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < SCHEDULERS; i++) {
            ports.add(hosts.port(usual));
        }
        return ports;
    }

    private String config(int at, List<Integer> cluster, List<Integer> http) {
        return """
            cluster: chaos
            host: %s
            port: %d
            seeds: [%s]
            http: {port: %d}
            agents: [%s]
            database: {url: "%s", user: %s, passwordFile: password}
            store: store
            cloud: {home: home, catalog: catalog.yaml, seed: 1}
            secrets: {user: user, admin: admin, agents: agents}
            """.formatted(
                        hosts.address(at),
                        cluster.get(at),
                        addresses(cluster),
                        http.get(at),
                        addresses(http),
                        postgres.database().url(),
                        postgres.database().user());
    }

    private String addresses(List<Integer> ports) {
        return String.join(
                ", ",
                IntStream.range(0, SCHEDULERS)
                        .mapToObj(i -> "\"" + hosts.address(i) + ":" + ports.get(i) + "\"")
                        .toList());
    }

    Hosts hosts() {
        return hosts;
    }

    ChaosPostgres postgres() {
        return postgres;
    }

    int postgresHost() {
        return POSTGRES_HOST;
    }

    List<SchedulerProcess> schedulers() {
        return schedulers;
    }

    LocalCloudControl drills() {
        return drills;
    }

    Path text() {
        return directory.resolve("text.txt");
    }

    Path store() {
        return directory.resolve("store");
    }

    private Path home() {
        return home(directory);
    }

    private static Path home(Path directory) {
        return directory.resolve("home");
    }

    /** What an instance has on this machine. */
    Path instance(String instanceId) throws IOException {
        return home().resolve("cloud").toRealPath().resolve("instances").resolve(instanceId);
    }

    /** Those that run now, oldest first; whoever owns them, for the cloud is the campaign's alone. */
    List<Instance> running() {
        return drills.instances().stream()
                .filter(instance -> instance.state() == InstanceState.RUNNING)
                .sorted((a, b) -> a.launchedAt().compareTo(b.launchedAt()))
                .toList();
    }

    /** The schedulers through which the pool does not answer. */
    List<Integer> silent() throws InterruptedException {
        List<Integer> silent = new ArrayList<>();
        for (int i = 0; i < SCHEDULERS; i++) {
            SchedulerProcess scheduler = schedulers.get(i);
            try (DemoApi api = scheduler.api()) {
                api.nodes(ChaosJob.HERD);
            } catch (IOException e) {
                silent.add(i);
            }
        }
        return silent;
    }

    /** kill -9; it stays down until {@link #start}. */
    synchronized void kill(Collection<Integer> victims) throws InterruptedException {
        down.addAll(victims);
        for (int scheduler : victims) {
            schedulers.get(scheduler).kill();
        }
    }

    synchronized void start(int scheduler) throws IOException {
        down.remove(scheduler);
        SchedulerProcess process = schedulers.get(scheduler);
        process.start();
        history.add(new Entry.SchedulerStarted(Instant.now(), scheduler, process.pid()));
    }

    private void supervise() {
        while (!ending) {
            try {
                Thread.sleep(SUPERVISE_MILLIS);
                restartWhatEnded();
            } catch (InterruptedException e) {
                return;
            } catch (IOException e) {
                throw new IllegalStateException("a scheduler could not be started again", e);
            }
        }
    }

    private synchronized void restartWhatEnded() throws IOException {
        for (int i = 0; i < SCHEDULERS && !ending; i++) {
            if (!down.contains(i) && !schedulers.get(i).isAlive()) {
                history.add(new Entry.SchedulerEnded(Instant.now(), i));
                start(i);
            }
        }
    }

    /** Ends every process of it and takes its hosts away. The directory stays. */
    @Override
    public void close() {
        synchronized (this) {
            ending = true;
            schedulers.forEach(SchedulerProcess::end);
        }
        try {
            var process = LocalCloudProcess.find(home().resolve("cloud"));
            if (process.isPresent()) {
                process.get().stop(CLOUD_ENDS_WITHIN);
            }
            postgres.stop();
            hosts.remove();
        } catch (IOException e) {
            throw new IllegalStateException("the campaign's processes and hosts could not be ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            drills.close();
        }
    }
}
