package dev.drover.dist;

import dev.drover.control.ClusterConfig;
import dev.drover.http.Tokens;
import dev.drover.persistence.journal.H2Database;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A whole Drover on one machine, but for the cloud: the scheduler, its journal and its API, on loopback.
 *
 * <p>The local cloud is a process of its own, started if it does not run. A controller that dies takes nothing with it: the
 * next one finds cloud, agents and trainings as they are.
 */
final class Controller implements AutoCloseable {
    /** Of the cluster of one. Its database tells it from those of other homes. */
    private static final String NAME = "up";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Settings settings;
    private final ControllerLock lock;
    private final SchedulerNode node;

    private Controller(Settings settings, ControllerLock lock, SchedulerNode node) {
        this.settings = settings;
        this.lock = lock;
        this.node = node;
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
        SchedulerSetup setup = setup(home, settings, new CloudSetup(home, catalog, seed));
        Controller controller = new Controller(settings, lock, SchedulerNode.start(setup));
        controller.makeDefaultPool();
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
        node.close();
        lock.close();
    }

    private static SchedulerSetup setup(Home home, Settings settings, CloudSetup cloud) {
        String agents = "ws://127.0.0.1:" + settings.port() + SchedulerSetup.AGENTS;
        return new SchedulerSetup(
                NAME,
                ClusterConfig.ALONE,
                H2Database.in(home.database()),
                settings.storeUrl(home),
                cloud,
                "127.0.0.1",
                settings.port(),
                List.of(agents),
                agents,
                new Tokens(settings.userToken(), settings.adminToken()),
                settings.agentToken());
    }

    /** Looked at before anything is started: a cloud that an 'up' leaves behind costs money. */
    private static void requireFree(int port) throws IOException {
        try {
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        } catch (BindException e) {
            throw new IOException("port " + port + " on 127.0.0.1 is in use; give --port another one", e);
        }
    }

    private void makeDefaultPool() {
        if (node.readModel().pools().isEmpty()) {
            PoolName name = new PoolName("default");
            node.scheduler()
                    .gateway()
                    .ask(name, new PoolCommand.ConfigurePool(PoolSpec.defaults(name)))
                    .toCompletableFuture()
                    .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
    }
}
