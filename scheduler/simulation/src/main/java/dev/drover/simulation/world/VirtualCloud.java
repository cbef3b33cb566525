package dev.drover.simulation.world;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.money.Money;
import dev.drover.simulation.world.check.Fact;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The provider: markets with a price and some capacity, and the instances it gave. What ended is shown for an hour, and then
 * forgotten.
 */
final class VirtualCloud {
    private static final Duration SHOWN_AFTER_END = Duration.ofHours(1);
    private static final int PLENTY = 1_000_000;

    private final Ground ground;
    private final Function<NodeId, VirtualAgent> agents;
    private final Map<Market, Offer> offers = new TreeMap<>();
    private final Map<Market, Integer> capacity = new TreeMap<>();
    private final Map<NodeId, VirtualInstance> instances = new LinkedHashMap<>();
    private final Map<NodeId, VirtualInstance> running = new LinkedHashMap<>();
    private double nodeMillis;
    private boolean away;

    /** What came of a launch: an instance, or none. */
    record Launch(Optional<VirtualInstance> instance, List<Refusal> refusals) {}

    VirtualCloud(Ground ground, Function<NodeId, VirtualAgent> agents) {
        this.ground = ground;
        this.agents = agents;
        ground.setting().offers().forEach(offer -> {
            offers.put(offer.market(), offer);
            capacity.put(offer.market(), PLENTY);
        });
    }

    // As the scheduler uses it.

    /** Whether every call fails. */
    boolean isAway() {
        return away;
    }

    List<Offer> offers() {
        return List.copyOf(offers.values());
    }

    Offer offer(Market market) {
        return Optional.ofNullable(offers.get(market)).orElseThrow();
    }

    /** Launches in the first market that has one. The node is the client token: asked again, it is the same instance. */
    Launch launch(NodeId node, List<Market> markets) {
        VirtualInstance before = instances.get(node);
        if (before != null) {
            return new Launch(Optional.of(before), List.of());
        }
        List<Refusal> refusals = new ArrayList<>();
        for (Market market : markets) {
            if (free(market) > 0) {
                return new Launch(Optional.of(start(node, market)), refusals);
            }
            refusals.add(new Refusal(market, Refusal.Kind.NO_CAPACITY, "InsufficientCapacity", "none in " + market));
        }
        return new Launch(Optional.empty(), refusals);
    }

    Optional<VirtualInstance> instance(NodeId node) {
        return Optional.ofNullable(instances.get(node));
    }

    /** What runs, and what ended lately. */
    Collection<VirtualInstance> listing() {
        return List.copyOf(instances.values());
    }

    void terminate(NodeId node) {
        end(node, Ended.ORDERED);
    }

    // What happens to it.

    /** Who ended an instance. */
    enum Ended {
        ORDERED,
        TAKEN,
        LEFT
    }

    Collection<VirtualInstance> running() {
        return List.copyOf(running.values());
    }

    boolean runs(NodeId node) {
        return running.containsKey(node);
    }

    int runningCount() {
        return running.size();
    }

    Optional<VirtualAgent> agent(NodeId node) {
        return Optional.ofNullable(running.get(node)).map(VirtualInstance::agent);
    }

    void end(NodeId node, Ended by) {
        VirtualInstance ended = running.remove(node);
        if (ended == null) {
            return;
        }
        nodeMillis += ground.time().millis() - ended.startedMillis();
        ended.end(by);
        ended.agent().die(by);
        ground.tell(new Fact.InstanceEnded(node));
        ground.time().after(SHOWN_AFTER_END, () -> instances.remove(node));
    }

    /** The cloud says when it takes the instance, and then does. */
    void notice(VirtualInstance instance, Duration time) {
        ground.count("evicted with notice");
        instance.agent().notice(ground.time().now().plus(time));
        ground.time().after(time, () -> end(instance.node(), Ended.TAKEN));
    }

    /** How many the market could give now. */
    int free(Market market) {
        long used = running.values().stream()
                .filter(instance -> instance.market().equals(market))
                .count();
        return (int) (capacity.getOrDefault(market, 0) - used);
    }

    /** Sets what there is; returns those that have no place any more. */
    List<VirtualInstance> capacity(Market market, int instancesAtMost) {
        capacity.put(market, instancesAtMost);
        int surplus = Math.max(0, -free(market));
        return running.values().stream()
                .filter(instance -> instance.market().equals(market))
                .limit(surplus)
                .toList();
    }

    void price(Market market, Money perHour) {
        Offer before = offer(market);
        offers.put(market, new Offer(market, perHour, before.resources()));
    }

    void setAway(boolean nowAway) {
        if (away != nowAway) {
            away = nowAway;
            ground.tell(new Fact.CloudAway(nowAway));
        }
    }

    void heal() {
        setAway(false);
        capacity.replaceAll((market, most) -> PLENTY);
    }

    /** What ran so far. */
    double nodeHours() {
        double open = running.values().stream()
                .mapToDouble(instance -> ground.time().millis() - instance.startedMillis())
                .sum();
        return (nodeMillis + open) / Duration.ofHours(1).toMillis();
    }

    private VirtualInstance start(NodeId node, Market market) {
        VirtualInstance instance = new VirtualInstance(
                node, market, offer(market).pricePerHour(), ground.time().millis(), agents.apply(node));
        instances.put(node, instance);
        running.put(node, instance);
        ground.count("launched");
        ground.tell(new Fact.InstanceStarted(node, offer(market)));
        return instance;
    }
}
