package dev.drover.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.drover.cloud.CloudProvider;
import dev.drover.cloud.Instance;
import dev.drover.cloud.InstanceState;
import dev.drover.cloud.LaunchRequest;
import dev.drover.cloud.LaunchResult;
import dev.drover.planning.Intent;
import dev.drover.planning.input.Effort;
import dev.drover.planning.input.Input;
import dev.drover.protocol.agent.UserData;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Resources;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Launches, ends and probes instances: one call in flight per node, results as inputs.
 *
 * <p>Where a call's outcome is unknown the pool hears why, and asks again after a while; the node's id, with the cluster's ownership
 * tag, is the client token, so that no second instance comes of it and no other cluster's is touched.
 */
final class LaunchExecutor {
    /** The tag by which an instance's pool is found again. */
    static final String POOL_TAG = "drover-pool";

    private static final Logger LOG = LoggerFactory.getLogger(LaunchExecutor.class);

    private final CloudProvider cloud;
    private final Drills drills;
    private final SchedulerConfig config;
    private final JoinTokens tokens;
    private final Offers offers;
    private final InFlight<NodeId> calls;
    private final InFlight<NodeId> drillCalls;

    LaunchExecutor(CloudProvider cloud, Drills drills, SchedulerConfig config, Offers offers, Executor executor) {
        this.cloud = cloud;
        this.drills = drills;
        this.config = config;
        this.tokens = new JoinTokens(config.secret());
        this.offers = offers;
        this.calls = new InFlight<>(executor, LOG);
        this.drillCalls = new InFlight<>(executor, LOG);
    }

    void launch(PoolName pool, Intent.LaunchNode intent, Consumer<Input> results) {
        NodeId node = intent.node();
        if (intent.markets().isEmpty()) {
            return;
        }
        call(node, results, () -> {
            List<String> schedulers = config.schedulers().get();
            if (schedulers.isEmpty()) {
                return;
            }
            UserData userData =
                    new UserData(node, pool, schedulers, tokens.issue(node, pool), config.caPem(), config.storeUrl());
            LaunchRequest request = new LaunchRequest(
                    node, intent.markets(), config.owner(), Map.of(POOL_TAG, pool.value()), json(userData));
            switch (cloud.launch(request)) {
                case LaunchResult.Launched launched -> launched(launched, results);
                case LaunchResult.Refused refused -> {
                    LOG.info("node {} of pool {}: no market gave an instance: {}", node, pool, refused.refusals());
                    results.accept(new Input.LaunchRefused(node, refused.refusals()));
                }
            }
        });
    }

    void terminate(NodeId node, Consumer<Input> results) {
        call(node, results, () -> {
            cloud.terminate(config.owner(), node);
            reportIfEnded(node, results);
        });
    }

    void kill(NodeId node, Consumer<Input> results) {
        // Not through the one-call-per-node gate: a drill is said once, and must not be skipped for a probe under way.
        drillCalls.run(
                node,
                () -> {
                    drills.kill(node);
                    reportIfEnded(node, results);
                },
                cause -> LOG.warn("could not kill node {} as a drill, and does not try again: {}", node, cause));
    }

    void probe(NodeId node, Consumer<Input> results) {
        call(node, results, () -> reportIfEnded(node, results));
    }

    private void call(NodeId node, Consumer<Input> results, InFlight.Task task) {
        calls.run(node, task, cause -> results.accept(new Input.Failed(new Effort.Instance(node), cause)));
    }

    private void launched(LaunchResult.Launched launched, Consumer<Input> results) {
        Instance instance = launched.instance();
        results.accept(new Input.Launched(
                instance.node(),
                instance.instanceId(),
                instance.market(),
                instance.pricePerHour(),
                resources(instance.market()),
                launched.refusals()));
        if (instance.state() == InstanceState.TERMINATED) {
            results.accept(new Input.InstanceEnded(instance.node(), evidence(instance)));
        }
    }

    private Resources resources(Market market) {
        Optional<Resources> known = offers.resources(market);
        if (known.isEmpty()) {
            offers.seen(cloud.offers());
        }
        return known.or(() -> offers.resources(market))
                .orElseThrow(
                        () -> new IllegalStateException("market " + market + " gave an instance, yet has no offer"));
    }

    private void reportIfEnded(NodeId node, Consumer<Input> results) {
        Optional<Instance> instance = cloud.instance(config.owner(), node);
        if (instance.isEmpty()) {
            results.accept(new Input.InstanceEnded(node, "the provider knows no instance for it"));
        } else if (instance.get().state() == InstanceState.TERMINATED) {
            results.accept(new Input.InstanceEnded(node, evidence(instance.get())));
        }
    }

    static String evidence(Instance instance) {
        return "instance " + instance.instanceId() + " is terminated: "
                + Optional.ofNullable(instance.endReason()).orElse("no reason given");
    }

    private static String json(UserData userData) throws JsonProcessingException {
        return DroverJson.mapper().writeValueAsString(userData);
    }
}
