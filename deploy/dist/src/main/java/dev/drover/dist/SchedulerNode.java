package dev.drover.dist;

import com.typesafe.config.ConfigFactory;
import dev.drover.cloud.local.LocalCloudControl;
import dev.drover.cloud.local.LocalCloudProvider;
import dev.drover.control.ClusterConfig;
import dev.drover.control.Discovery;
import dev.drover.control.Scheduler;
import dev.drover.control.SchedulerConfig;
import dev.drover.http.ApiLimits;
import dev.drover.http.ApiPorts;
import dev.drover.http.HttpApi;
import dev.drover.http.HttpServer;
import dev.drover.persistence.cluster.SchedulerTable;
import dev.drover.persistence.read.ClusterIdentity;
import dev.drover.persistence.read.JdbcReadModel;
import dev.drover.protocol.job.DataFiles;
import dev.drover.protocol.store.ObjectStore;
import dev.drover.protocol.store.ObjectStores;
import dev.drover.protocol.tls.RotatingTls;
import dev.drover.protocol.tls.TlsException;
import dev.drover.protocol.tls.TlsFiles;
import dev.drover.protocol.tls.TrustedCa;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.server.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inside of one scheduler process: the scheduler with its journal, its API and the agents' door.
 *
 * <p>Closing it hands its pools over to the other schedulers, if there are any. Cloud, agents and trainings go on.
 */
final class SchedulerNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SchedulerNode.class);
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    private final String scheme;
    private final ActorSystem<Void> system;
    private final JdbcReadModel readModel;
    private final SchedulerTable table;
    private final LocalCloudProvider cloud;
    private final LocalCloudControl faults;
    private final Scheduler scheduler;
    private final ServerBinding binding;

    private SchedulerNode(
            String scheme,
            ActorSystem<Void> system,
            JdbcReadModel readModel,
            SchedulerTable table,
            LocalCloudProvider cloud,
            LocalCloudControl faults,
            Scheduler scheduler,
            ServerBinding binding) {
        this.scheme = scheme;
        this.system = system;
        this.readModel = readModel;
        this.table = table;
        this.cloud = cloud;
        this.faults = faults;
        this.scheduler = scheduler;
        this.binding = binding;
    }

    /**
     * Starts one, and the local cloud if it does not run.
     *
     * @throws IOException saying what is in the way, as a port in use
     */
    static SchedulerNode start(SchedulerSetup setup) throws IOException, InterruptedException {
        Optional<RotatingTls> tls = tls(setup);
        Optional<String> ca = tls.isPresent()
                ? Optional.of(TrustedCa.pem(setup.cluster().tls().orElseThrow().ca()))
                : Optional.empty();
        setup.cloud().start();
        LocalCloudProvider cloud = LocalCloudProvider.open(setup.cloud().directory());
        LocalCloudControl faults = LocalCloudControl.open(setup.cloud().directory());
        JdbcReadModel readModel = JdbcReadModel.open(setup.database());
        ClusterIdentity identity = identity(setup, readModel);
        SchedulerTable table = SchedulerTable.open(setup.database());
        Discovery discovery = new Discovery(table, setup.cluster().peers(), setup::agentsUrl);
        ObjectStore store = ObjectStores.open(setup.storeUrl());
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(),
                ClusterConfig.SYSTEM,
                setup.database()
                        .pekkoConfig()
                        .withFallback(ConfigFactory.parseResources("controller.conf"))
                        .withFallback(setup.cluster().systemConfig())
                        .withFallback(ConfigFactory.load()));
        Scheduler scheduler = Scheduler.start(
                system,
                SchedulerConfig.local(
                        identity.ownershipTag(),
                        () -> agents(setup, discovery),
                        setup.agentSecret(),
                        ca,
                        setup.storeUrl()),
                cloud,
                readModel,
                store,
                node -> faults.kill(identity.ownershipTag(), node),
                InstantSource.system(),
                discovery);
        HttpApi api = new HttpApi(system, ports(setup, scheduler, readModel, store));
        ServerBinding binding = bind(system, setup, tls, scheduler.agents().orElse(api.route()));
        return new SchedulerNode(
                tls.isPresent() ? "https://" : "http://", system, readModel, table, cloud, faults, scheduler, binding);
    }

    /** Where its API is. */
    String url() {
        return scheme + binding.localAddress().getHostString() + ":"
                + binding.localAddress().getPort();
    }

    /** Completes when its actor system has ended: when it is closed, or because the others go on without it. */
    CompletionStage<Done> ended() {
        return system.getWhenTerminated();
    }

    boolean hasEnded() {
        return ended().toCompletableFuture().isDone();
    }

    Scheduler scheduler() {
        return scheduler;
    }

    JdbcReadModel readModel() {
        return readModel;
    }

    @Override
    public void close() {
        if (!hasEnded()) {
            binding.terminate(LAST_ANSWERS).toCompletableFuture().join();
        }
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
        table.close();
        readModel.close();
        cloud.close();
        faults.close();
    }

    private static List<String> agents(SchedulerSetup setup, Discovery discovery) {
        return setup.agents().isEmpty() ? discovery.agentUrls() : setup.agents();
    }

    /**
     * Which cluster this is, as its database says: names may be the same in two files by mistake, and instances told apart by them
     * alone would end each other.
     */
    private static ClusterIdentity identity(SchedulerSetup setup, JdbcReadModel readModel) throws IOException {
        ClusterIdentity identity =
                readModel.cluster(new ClusterIdentity(setup.name(), setup.name() + "-" + JobIds.next()));
        if (!identity.name().equals(setup.name())) {
            readModel.close();
            throw new IOException("cluster: '" + setup.name() + "' is not allowed: the database " + setup.database()
                    + " belongs to cluster '" + identity.name() + "'; use that name, or another database");
        }
        LOG.info("cluster {}; its instances carry the tag {}", identity.name(), identity.ownershipTag());
        return identity;
    }

    private static ApiPorts ports(
            SchedulerSetup setup, Scheduler scheduler, JdbcReadModel readModel, ObjectStore store) {
        return new ApiPorts(
                scheduler.gateway(),
                scheduler.schedulers(),
                readModel,
                store,
                setup.tokens(),
                ApiLimits.DEFAULT,
                InstantSource.system(),
                JobIds::next,
                DataFiles.onThisMachine(),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    }

    private static Optional<RotatingTls> tls(SchedulerSetup setup) throws TlsException {
        Optional<TlsFiles> files = setup.cluster().tls();
        return files.isPresent()
                ? Optional.of(RotatingTls.of(files.get(), InstantSource.system(), LOG::warn))
                : Optional.empty();
    }

    private static ServerBinding bind(
            ActorSystem<Void> system, SchedulerSetup setup, Optional<RotatingTls> tls, Route route) throws IOException {
        try {
            return HttpServer.bind(system, setup.bind(), setup.port(), tls, route)
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            system.terminate();
            throw new IOException("can't serve on " + setup.bind() + ":" + setup.port(), e);
        }
    }
}
