package dev.drover.simulation.world;

import dev.drover.planning.input.Input;
import dev.drover.planning.state.Node;
import dev.drover.protocol.id.NodeId;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks at the provider every period, as the market watch does: prices go to the pool, an instance that ended is told to it, one
 * that it does not know is ended after a grace. The last is the reaper.
 */
final class MarketLook {
    private final Ground ground;
    private final VirtualCloud cloud;
    private final CloudCalls calls;
    private final Controller controller;
    private final Map<NodeId, Instant> orphans = new HashMap<>();

    MarketLook(Ground ground, VirtualCloud cloud, CloudCalls calls, Controller controller) {
        this.ground = ground;
        this.cloud = cloud;
        this.calls = calls;
        this.controller = controller;
    }

    void lookOn() {
        look();
        ground.time().after(ground.setting().tempo().look(), this::lookOn);
    }

    private void look() {
        if (!controller.isUp() || cloud.isAway()) {
            return;
        }
        // Listed before the pool is asked, so that what it has just launched is never taken for an orphan.
        List<VirtualInstance> listing = List.copyOf(cloud.listing());
        controller.tell(new Input.OffersSeen(cloud.offers()));
        Set<NodeId> listed = new HashSet<>();
        for (VirtualInstance instance : listing) {
            listed.add(instance.node());
            if (instance.hasEnded() && controller.state().node(instance.node()).isPresent()) {
                controller.tell(new Input.InstanceEnded(instance.node(), instance.evidence()));
            }
        }
        for (Node node : List.copyOf(controller.state().nodes().values())) {
            if (node.instance().isPresent() && !listed.contains(node.id())) {
                calls.probe(node.id());
            }
        }
        reap(listing);
    }

    private void reap(List<VirtualInstance> listing) {
        Instant now = ground.time().now();
        Set<NodeId> unknown = new HashSet<>();
        for (VirtualInstance instance : listing) {
            if (!instance.hasEnded() && controller.state().node(instance.node()).isEmpty()) {
                unknown.add(instance.node());
            }
        }
        orphans.keySet().retainAll(unknown);
        for (NodeId node : unknown) {
            Instant since = orphans.computeIfAbsent(node, ignored -> now);
            if (!now.isBefore(since.plus(ground.setting().grace()))) {
                calls.reap(node);
            }
        }
    }
}
