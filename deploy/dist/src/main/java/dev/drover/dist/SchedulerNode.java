package dev.drover.dist;

import com.typesafe.config.ConfigFactory;
import dev.drover.cloud.local.LocalCloudControl;
import dev.drover.cloud.local.LocalCloudProvider;
import dev.drover.control.ClusterConfig;
import dev.drover.control.Scheduler;
import dev.drover.control.SchedulerConfig;
import dev.drover.http.ApiLimits;
import dev.drover.http.ApiPorts;
import dev.drover.http.HttpApi;
import dev.drover.http.HttpServer;
import dev.drover.persistence.read.JdbcReadModel;
import dev.drover.protocol.job.DataFiles;
import dev.drover.protocol.store.ObjectStore;
import dev.drover.protocol.store.ObjectStores;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.ServerBinding;

/**
 * The inside of one scheduler process: the scheduler with its journal, its API and the agents' door.
 *
 * <p>Closing it hands its pools over to the other schedulers, if there are any. Cloud, agents and trainings go on.
 */
final class SchedulerNode implements AutoCloseable {
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    private final ActorSystem<Void> system;
    private final JdbcReadModel readModel;
    private final LocalCloudProvider cloud;
    private final LocalCloudControl faults;
    private final Scheduler scheduler;
    private final ServerBinding binding;

    private SchedulerNode(
            ActorSystem<Void> system,
            JdbcReadModel readModel,
            LocalCloudProvider cloud,
            LocalCloudControl faults,
            Scheduler scheduler,
            ServerBinding binding) {
        this.system = system;
        this.readModel = readModel;
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
        setup.cloud().start();
        LocalCloudProvider cloud = LocalCloudProvider.open(setup.cloud().directory());
        LocalCloudControl faults = LocalCloudControl.open(setup.cloud().directory());
        JdbcReadModel readModel = JdbcReadModel.open(setup.database());
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
                SchedulerConfig.local(setup.owner(), setup::agents, setup.agentSecret(), setup.storeUrl()),
                cloud,
                readModel,
                store,
                faults::kill,
                InstantSource.system());
        HttpApi api = new HttpApi(system, ports(setup, scheduler, readModel, store));
        ServerBinding binding = bind(system, setup, scheduler, api);
        return new SchedulerNode(system, readModel, cloud, faults, scheduler, binding);
    }

    /** Where its API is. */
    String url() {
        return "http://" + binding.localAddress().getHostString() + ":"
                + binding.localAddress().getPort();
    }

    Scheduler scheduler() {
        return scheduler;
    }

    JdbcReadModel readModel() {
        return readModel;
    }

    @Override
    public void close() {
        binding.terminate(LAST_ANSWERS).toCompletableFuture().join();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
        readModel.close();
        cloud.close();
        faults.close();
    }

    private static ApiPorts ports(
            SchedulerSetup setup, Scheduler scheduler, JdbcReadModel readModel, ObjectStore store) {
        return new ApiPorts(
                scheduler.gateway(),
                readModel,
                store,
                setup.tokens(),
                ApiLimits.DEFAULT,
                InstantSource.system(),
                JobIds::next,
                DataFiles.onThisMachine(),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    }

    private static ServerBinding bind(ActorSystem<Void> system, SchedulerSetup setup, Scheduler scheduler, HttpApi api)
            throws IOException {
        try {
            return HttpServer.bind(
                            system,
                            setup.bind(),
                            setup.port(),
                            scheduler.agents().orElse(api.route()))
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            system.terminate();
            throw new IOException("can't serve on " + setup.bind() + ":" + setup.port(), e);
        }
    }
}
