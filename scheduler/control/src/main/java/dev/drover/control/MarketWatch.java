package dev.drover.control;

import dev.drover.cloud.CloudProvider;
import dev.drover.cloud.Instance;
import dev.drover.cloud.InstanceState;
import dev.drover.persistence.read.ReadModel;
import dev.drover.planning.input.Input;
import dev.drover.protocol.api.NodeView;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.market.Offer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the provider every period: prices go to every pool; an instance that ended is told to its pool; one that no pool
 * knows of is ended, after a grace. The last is the reaper.
 *
 * <p>It compares levels, so a lost message is made good by the next look. A pool that does not answer is left alone.
 */
final class MarketWatch extends AbstractBehavior<MarketWatch.Message> {
    private static final Logger LOG = LoggerFactory.getLogger(MarketWatch.class);

    private final Around around;
    private final Reaper reaper;
    private boolean looking;
    private Optional<String> failing = Optional.empty();

    private MarketWatch(ActorContext<Message> context, Around around) {
        super(context);
        this.around = around;
        this.reaper = new Reaper(around.orphanGrace());
    }

    /** What the watch is told. */
    sealed interface Message {}

    private record Look() implements Message {}

    private record Looked(View view) implements Message {}

    private record Failed(Throwable cause) implements Message {}

    /** What the watch needs. {@code nodes} asks a pool for the nodes it knows. */
    record Around(
            CloudProvider cloud,
            ReadModel readModel,
            String owner,
            Duration period,
            Duration orphanGrace,
            InstantSource clock,
            Offers offers,
            LaunchExecutor launches,
            BiConsumer<PoolName, Input> pools,
            Function<PoolName, CompletionStage<List<NodeView>>> nodes,
            Executor executor) {}

    /**
     * One look. The instances were listed before the pools were asked, so that what a pool has just launched is never taken
     * for an orphan.
     *
     * @param nodes of every pool that answered
     */
    private record View(
            List<Offer> offers, List<Instance> instances, List<PoolName> pools, Map<PoolName, List<NodeView>> nodes) {}

    static Behavior<Message> create(Around around) {
        Behavior<Message> watch = Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new Look(), Duration.ZERO, around.period());
            return new MarketWatch(context, around);
        }));
        // A singleton that ends by an exception is not made anew: no more prices, and no reaper.
        return Behaviors.supervise(watch)
                .onFailure(SupervisorStrategy.restartWithBackoff(
                        around.period(), around.period().multipliedBy(10), 0.1));
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Look.class, ignored -> onLook())
                .onMessage(Looked.class, looked -> onLooked(looked.view()))
                .onMessage(Failed.class, this::onFailed)
                .build();
    }

    private Behavior<Message> onLook() {
        if (!looking) {
            looking = true;
            getContext()
                    .pipeToSelf(
                            CompletableFuture.supplyAsync(this::look, around.executor()),
                            (view, failure) -> failure == null ? new Looked(view) : new Failed(failure));
        }
        return this;
    }

    private Behavior<Message> onFailed(Failed failed) {
        looking = false;
        Optional<String> cause = Optional.of(failed.cause().toString());
        if (!cause.equals(failing)) {
            LOG.warn(
                    "can't look at the markets and instances of {}, looks again every {}: {}",
                    around.cloud().name(),
                    around.period(),
                    cause.get());
        }
        failing = cause;
        return this;
    }

    /** Blocks; runs on a thread of its own. */
    private View look() {
        List<Offer> offers = around.cloud().offers();
        List<Instance> instances = around.cloud().instances(around.owner());
        List<PoolName> pools = around.readModel().pools();
        Map<PoolName, List<NodeView>> nodes = new HashMap<>();
        for (PoolName pool : pools) {
            try {
                nodes.put(pool, around.nodes().apply(pool).toCompletableFuture().join());
            } catch (CompletionException e) {
                LOG.debug("pool {} did not answer; its instances are left alone for now", pool, e);
            }
        }
        return new View(offers, instances, pools, nodes);
    }

    private Behavior<Message> onLooked(View view) {
        looking = false;
        failing.ifPresent(cause ->
                LOG.info("the markets of {} are seen again", around.cloud().name()));
        failing = Optional.empty();
        around.offers().seen(view.offers());
        view.pools().forEach(pool -> around.pools().accept(pool, new Input.OffersSeen(view.offers())));
        Map<NodeId, Instance> byNode =
                view.instances().stream().collect(Collectors.toMap(Instance::node, Function.identity(), (a, b) -> b));
        view.nodes().forEach((pool, nodes) -> nodes.forEach(node -> compare(pool, node, byNode)));
        reap(view);
        return this;
    }

    private void compare(PoolName pool, NodeView node, Map<NodeId, Instance> instances) {
        Optional<Instance> instance = Optional.ofNullable(instances.get(node.id()));
        if (instance.isPresent() && instance.get().state() == InstanceState.TERMINATED) {
            around.pools().accept(pool, new Input.InstanceEnded(node.id(), LaunchExecutor.evidence(instance.get())));
        } else if (instance.isEmpty() && node.instanceId().isPresent()) {
            // The list may be older than the launch: the provider itself says.
            around.launches().probe(node.id(), input -> around.pools().accept(pool, input));
        }
    }

    private void reap(View view) {
        Set<NodeId> known = view.nodes().values().stream()
                .flatMap(List::stream)
                .map(NodeView::id)
                .collect(Collectors.toSet());
        List<NodeId> orphans = view.instances().stream()
                .filter(instance -> instance.state() != InstanceState.TERMINATED)
                .filter(instance -> !known.contains(instance.node()))
                .filter(instance -> mayJudge(instance, view))
                .map(Instance::node)
                .toList();
        for (NodeId node : reaper.due(orphans, around.clock().instant())) {
            LOG.warn("node {} carries the tag of {} and no pool knows it: ending it", node, around.owner());
            around.launches().terminate(node, result -> {
                if (result instanceof Input.Failed(var effort, String cause)) {
                    LOG.warn("{} failed, and is made again after the next look: {}", effort, cause);
                }
            });
        }
    }

    /** Not while the instance's pool has not answered. */
    private static boolean mayJudge(Instance instance, View view) {
        Optional<PoolName> pool = view.pools().stream()
                .filter(name -> name.value().equals(instance.tags().get(LaunchExecutor.POOL_TAG)))
                .findFirst();
        return pool.isEmpty() || view.nodes().containsKey(pool.get());
    }
}
