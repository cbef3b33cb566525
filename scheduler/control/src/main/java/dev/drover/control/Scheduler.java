package dev.drover.control;

import dev.drover.cloud.CloudProvider;
import dev.drover.persistence.read.ReadModel;
import dev.drover.planning.PoolDecider;
import dev.drover.planning.input.Input;
import dev.drover.protocol.api.NodeView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolGateway;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.api.SchedulerGateway;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.store.ObjectStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.cluster.sharding.ShardCoordinator;
import org.apache.pekko.cluster.sharding.typed.ClusterShardingSettings;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.SingletonActor;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * One scheduler: the pools, the agents' door, the watch over the markets. Made once per actor system.
 *
 * <p>It stops with its actor system: writes in flight are finished, agents are let go and carry on by themselves. It closes
 * neither the cloud nor the read model nor the store.
 *
 * @param gateway how the API reaches pools
 * @param schedulers what the API knows of the schedulers
 * @param agents the route agents dial, a WebSocket at {@code agents/v1}; to be served next to the API's routes
 */
public record Scheduler(PoolGateway gateway, SchedulerGateway schedulers, Route agents) {
    /** How long a checkpoint's live step records are waited for before they are read from the store. */
    private static final Duration FILL_AFTER = Duration.ofSeconds(2);

    /**
     * Starts everything, and wakes every pool there is.
     *
     * @param system set up with {@link ClusterConfig#systemConfig} and a journal
     */
    public static Scheduler start(
            ActorSystem<?> system,
            SchedulerConfig config,
            CloudProvider cloud,
            ReadModel readModel,
            ObjectStore store,
            Drills drills,
            InstantSource clock,
            Discovery discovery) {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        system.getWhenTerminated().whenComplete((done, failure) -> threads.shutdown());
        ClusterSharding sharding = ClusterSharding.get(system);
        Standing standing = new Standing();
        Offers offers = new Offers();
        StepBackfill backfill = new StepBackfill(readModel, store);
        LaunchExecutor launches = new LaunchExecutor(cloud, drills, config, offers, threads);
        IntentRouter.Executors executors = executors(launches, readModel, store, backfill, threads);
        BiConsumer<JobId, TelemetryActor.Message> telemetry = (job, message) ->
                sharding.entityRefFor(TelemetryActor.KEY, job.value()).tell(message);
        BiConsumer<PoolName, Input> pools = (pool, input) ->
                sharding.entityRefFor(PoolFrontActor.KEY, pool.value()).tell(new PoolFrontActor.Tell(input));

        startTelemetry(sharding, new TelemetryActor.Around(readModel, backfill, FILL_AFTER, threads));
        Projection.Factory projections = new Projection.Factory(
                readModel,
                new JournalReader(system),
                checkpoint -> telemetry.accept(
                        checkpoint.lease().shard().job(),
                        new TelemetryActor.CheckpointKnown(Optional.empty(), checkpoint)),
                threads);
        startPools(
                system,
                sharding,
                new PoolFrontActor.Surroundings(
                        new PoolDecider(), clock, config.tick(), executors, projections, standing));
        PekkoPoolGateway gateway = new PekkoPoolGateway(sharding, readModel, config.askTimeout(), threads);
        startWatch(system, watch(config, cloud, readModel, clock, offers, launches, pools, gateway, threads));
        readModel.pools().forEach(pool -> pools.accept(pool, new Input.Tick()));
        AgentSession.Around door = new AgentSession.Around(
                new JoinTokens(config.secret()),
                (pool, heard) ->
                        sharding.entityRefFor(PoolFrontActor.KEY, pool.value()).tell(heard),
                telemetry);
        AgentGateway agents = new AgentGateway(system, door, config.agentIdle());
        closeSessionsAtShutdown(system, agents);
        standing.countAgentsBy(agents::connected);
        startMembership(system, new Membership.Around(discovery, standing, threads));
        startStandby(system, new StandbyActor.Around(readModel, standing, threads));
        return new Scheduler(gateway, new Schedulers(discovery.table(), Cluster.get(system), threads), agents.route());
    }

    private static void startMembership(ActorSystem<?> system, Membership.Around around) {
        Membership.start(system, around);
        var unused = system.systemActorOf(
                PeerWatch.create(around.executor(), PeerWatch.lease(system)), "peer-watch", Props.empty());
    }

    private static void startStandby(ActorSystem<?> system, StandbyActor.Around around) {
        var unused = system.systemActorOf(StandbyActor.create(around), "standby", Props.empty());
    }

    private static IntentRouter.Executors executors(
            LaunchExecutor launches,
            ReadModel readModel,
            ObjectStore store,
            StepBackfill backfill,
            ExecutorService threads) {
        return new IntentRouter.Executors(
                launches, new CheckpointExecutor(store, threads), new ArchiveExecutor(readModel, backfill, threads));
    }

    private static MarketWatch.Around watch(
            SchedulerConfig config,
            CloudProvider cloud,
            ReadModel readModel,
            InstantSource clock,
            Offers offers,
            LaunchExecutor launches,
            BiConsumer<PoolName, Input> pools,
            PekkoPoolGateway gateway,
            ExecutorService threads) {
        return new MarketWatch.Around(
                cloud,
                readModel,
                config.owner(),
                config.marketPeriod(),
                config.orphanGrace(),
                clock,
                offers,
                launches,
                pools,
                pool -> nodes(gateway, pool),
                threads);
    }

    private static void startTelemetry(ClusterSharding sharding, TelemetryActor.Around around) {
        sharding.init(Entity.of(
                        TelemetryActor.KEY, entity -> TelemetryActor.create(new JobId(entity.getEntityId()), around))
                .withStopMessage(new TelemetryActor.Stop()));
    }

    /** A pool never goes to sleep: it must see leases expire even when nobody talks to it. */
    private static void startPools(
            ActorSystem<?> system, ClusterSharding sharding, PoolFrontActor.Surroundings around) {
        ClusterShardingSettings settings =
                ClusterShardingSettings.create(system).withNoPassivationStrategy();
        sharding.init(Entity.of(
                        PoolFrontActor.KEY, entity -> PoolFrontActor.create(new PoolName(entity.getEntityId()), around))
                .withSettings(settings)
                .withAllocationStrategy(new NewestFirst(
                        system.classicSystem(), (ShardCoordinator.ActorSystemDependentAllocationStrategy)
                                sharding.defaultShardAllocationStrategy(settings)))
                .withStopMessage(new PoolFrontActor.Stop()));
    }

    private static void startWatch(ActorSystem<?> system, MarketWatch.Around around) {
        ClusterSingleton.get(system).init(SingletonActor.of(MarketWatch.create(around), "market-watch"));
    }

    private static void closeSessionsAtShutdown(ActorSystem<?> system, AgentGateway agents) {
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseServiceRequestsDone(), "close-agent-sessions", () -> {
                    agents.closeAll();
                    return CompletableFuture.completedStage(Done.getInstance());
                });
    }

    private static CompletionStage<List<NodeView>> nodes(PoolGateway gateway, PoolName pool) {
        return gateway.ask(pool, new PoolCommand.ListNodes()).thenApply(reply -> {
            if (reply instanceof PoolReply.Nodes(List<NodeView> nodes)) {
                return nodes;
            }
            if (reply instanceof PoolReply.NotFound) {
                return List.of();
            }
            throw new IllegalStateException("pool " + pool + " answered ListNodes with " + reply);
        });
    }
}
