package dev.drover.dist;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.drover.cloud.local.LocalCloudControl;
import dev.drover.cloud.local.LocalCloudProcess;
import dev.drover.cloud.local.LocalCloudProvider;
import dev.drover.control.ClusterConfig;
import dev.drover.control.Scheduler;
import dev.drover.control.SchedulerConfig;
import dev.drover.http.ApiLimits;
import dev.drover.http.ApiPorts;
import dev.drover.http.HttpApi;
import dev.drover.http.HttpServer;
import dev.drover.http.Tokens;
import dev.drover.persistence.journal.H2Database;
import dev.drover.persistence.read.JdbcReadModel;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.job.DataFiles;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.store.ObjectStore;
import dev.drover.protocol.store.ObjectStores;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.ServerBinding;

/**
 * A whole Drover on one machine, but for the cloud: the scheduler, its journal and its API, on loopback.
 *
 * <p>The local cloud is a process of its own, started if it does not run. A controller that dies takes nothing with it: the
 * next one finds cloud, agents and trainings as they are.
 */
final class Controller implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Settings settings;
    private final ControllerLock lock;
    private final ActorSystem<Void> system;
    private final JdbcReadModel readModel;
    private final LocalCloudProvider cloud;
    private final LocalCloudControl faults;
    private final ServerBinding binding;

    private Controller(
            Settings settings,
            ControllerLock lock,
            ActorSystem<Void> system,
            JdbcReadModel readModel,
            LocalCloudProvider cloud,
            LocalCloudControl faults,
            ServerBinding binding) {
        this.settings = settings;
        this.lock = lock;
        this.system = system;
        this.readModel = readModel;
        this.cloud = cloud;
        this.faults = faults;
        this.binding = binding;
    }

    /**
     * Starts or restarts the home's Drover.
     *
     * @param port 0 means the one used before, or the default
     * @param store where checkpoints and logs go; empty means where they went before, or the home
     * @param catalog what the local cloud sells; read only when it is started
     * @throws IOException saying what is in the way, as another controller on the same home or a port in use
     */
    static Controller start(Home home, int port, Optional<Path> store, Optional<Path> catalog, Optional<Long> seed)
            throws IOException, InterruptedException {
        Settings settings = Settings.of(home, port, store);
        ControllerLock lock = ControllerLock.take(home)
                .orElseThrow(() -> new IOException("another Drover already runs on " + home.root()
                        + "; use it, or give --home another directory"));
        try {
            requireFree(settings.port());
        } catch (IOException e) {
            lock.close();
            throw e;
        }
        Programs.describe(home);
        LocalCloudProcess.startIfAbsent(cloudOptions(home, catalog, seed));
        LocalCloudProvider cloud = LocalCloudProvider.open(home.cloud());
        LocalCloudControl faults = LocalCloudControl.open(home.cloud());
        H2Database database = H2Database.in(home.database());
        JdbcReadModel readModel = JdbcReadModel.open(database);
        ObjectStore objects = ObjectStores.open(settings.storeUrl(home));
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "drover", config(database));
        Scheduler scheduler = Scheduler.start(
                system,
                schedulerConfig(home, settings),
                cloud,
                readModel,
                objects,
                faults::kill,
                InstantSource.system());
        HttpApi api = new HttpApi(system, ports(settings, scheduler, readModel, objects));
        ServerBinding binding = bind(system, settings, scheduler, api);
        Controller controller = new Controller(settings, lock, system, readModel, cloud, faults, binding);
        controller.makeDefaultPool(scheduler);
        Settings.writePrivately(
                home.client(),
                Map.of(
                        "url",
                        controller.url(),
                        "userToken",
                        settings.userToken(),
                        "adminToken",
                        settings.adminToken()));
        return controller;
    }

    String url() {
        return "http://127.0.0.1:" + settings.port();
    }

    Settings settings() {
        return settings;
    }

    /** Stops the controller alone; cloud, agents and trainings go on. */
    @Override
    public void close() {
        binding.terminate(Duration.ofSeconds(2)).toCompletableFuture().join();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
        readModel.close();
        cloud.close();
        faults.close();
        lock.close();
    }

    private static LocalCloudProcess.Options cloudOptions(Home home, Optional<Path> catalog, Optional<Long> seed) {
        LocalCloudProcess.Options options = LocalCloudProcess.Options.of(home.cloud(), home.image());
        LocalCloudProcess.Options sold = catalog.map(options::withCatalog).orElse(options);
        return seed.map(sold::withSeed).orElse(sold);
    }

    private static Config config(H2Database database) {
        return database.pekkoConfig()
                .withFallback(ConfigFactory.parseResources("controller.conf"))
                .withFallback(ClusterConfig.ALONE.systemConfig())
                .withFallback(ConfigFactory.load());
    }

    private static SchedulerConfig schedulerConfig(Home home, Settings settings) {
        return SchedulerConfig.local(
                "drover-" + Integer.toHexString(home.root().toString().hashCode()),
                () -> List.of("ws://127.0.0.1:" + settings.port() + "/agents/v1"),
                settings.agentToken(),
                settings.storeUrl(home));
    }

    private static ApiPorts ports(Settings settings, Scheduler scheduler, JdbcReadModel readModel, ObjectStore store) {
        return new ApiPorts(
                scheduler.gateway(),
                readModel,
                store,
                new Tokens(settings.userToken(), settings.adminToken()),
                ApiLimits.DEFAULT,
                InstantSource.system(),
                JobIds::next,
                DataFiles.onThisMachine(),
                new io.micrometer.prometheusmetrics.PrometheusMeterRegistry(
                        io.micrometer.prometheusmetrics.PrometheusConfig.DEFAULT));
    }

    /** Looked at before anything is started: a cloud that an 'up' leaves behind costs money. */
    private static void requireFree(int port) throws IOException {
        try {
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        } catch (BindException e) {
            throw new IOException("port " + port + " on 127.0.0.1 is in use; give --port another one", e);
        }
    }

    private static ServerBinding bind(ActorSystem<Void> system, Settings settings, Scheduler scheduler, HttpApi api)
            throws IOException {
        try {
            return HttpServer.bind(
                            system,
                            "127.0.0.1",
                            settings.port(),
                            scheduler.agents().orElse(api.route()))
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            system.terminate();
            throw new IOException("can't serve on 127.0.0.1:" + settings.port(), e);
        }
    }

    private void makeDefaultPool(Scheduler scheduler) {
        if (readModel.pools().isEmpty()) {
            PoolName name = new PoolName("default");
            scheduler
                    .gateway()
                    .ask(name, new PoolCommand.ConfigurePool(PoolSpec.defaults(name)))
                    .toCompletableFuture()
                    .orTimeout(PATIENCE.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                    .join();
        }
    }
}
