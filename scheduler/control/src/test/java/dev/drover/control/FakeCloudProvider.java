package dev.drover.control;

import dev.drover.cloud.CloudException;
import dev.drover.cloud.CloudProvider;
import dev.drover.cloud.Instance;
import dev.drover.cloud.InstanceState;
import dev.drover.cloud.LaunchRequest;
import dev.drover.cloud.LaunchResult;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A cloud in memory that gives what is asked, remembers every call, and can be told to refuse, fail or stall. */
final class FakeCloudProvider implements CloudProvider {
    static final Market SPOT = new Market("local", "west", "west-1", "local.small", CapacityType.SPOT);
    static final Instant LAUNCHED_AT = Instant.parse("2026-03-01T10:00:00Z");

    final List<LaunchRequest> launches = new CopyOnWriteArrayList<>();
    final List<NodeId> terminations = new CopyOnWriteArrayList<>();
    final Map<Owned, Instance> instances = new ConcurrentHashMap<>();
    volatile boolean failing;
    volatile boolean refusing;
    volatile boolean hidden;
    final AtomicInteger looks = new AtomicInteger();
    volatile CountDownLatch stall = new CountDownLatch(0);

    /** A node of an owner. */
    record Owned(String owner, NodeId node) {}

    @Override
    public String name() {
        return "local";
    }

    @Override
    public List<Offer> offers() {
        looks.incrementAndGet();
        if (hidden) {
            throw new CloudException("no prices today");
        }
        Resources resources = new Resources("cpu", 1, ByteSize.ofMiB(2048));
        return List.of(
                new Offer(SPOT, Money.usd("0.3"), resources),
                new Offer(SPOT.as(CapacityType.ON_DEMAND), Money.usd("1"), resources));
    }

    @Override
    public LaunchResult launch(LaunchRequest request) {
        launches.add(request);
        try {
            stall.await();
        } catch (InterruptedException e) {
            throw new CloudException("interrupted", e);
        }
        if (failing) {
            throw new CloudException("the cloud is down");
        }
        Market market = request.markets().getFirst();
        if (refusing) {
            return new LaunchResult.Refused(
                    List.of(new Refusal(market, Refusal.Kind.NO_CAPACITY, "InsufficientInstanceCapacity", "none")));
        }
        return new LaunchResult.Launched(
                instances.computeIfAbsent(
                        new Owned(request.owner(), request.node()),
                        owned -> instance(owned.node(), market, owned.owner(), request.tags())),
                List.of());
    }

    @Override
    public void terminate(String owner, NodeId node) {
        terminations.add(node);
        end(new Owned(owner, node), "terminated");
    }

    @Override
    public List<Instance> instances(String owner) {
        return instances.values().stream()
                .filter(instance -> instance.owner().equals(owner))
                .toList();
    }

    @Override
    public Optional<Instance> instance(String owner, NodeId node) {
        return Optional.ofNullable(instances.get(new Owned(owner, node)));
    }

    @Override
    public void close() {}

    /** An instance that is there without a launch. */
    void plant(NodeId node, String owner) {
        instances.put(new Owned(owner, node), instance(node, SPOT, owner, Map.of()));
    }

    /** Ends the node's instance, whoever owns it, as the cloud would. */
    void end(NodeId node, String reason) {
        instances.keySet().stream().filter(owned -> owned.node().equals(node)).forEach(owned -> end(owned, reason));
    }

    private void end(Owned owned, String reason) {
        instances.computeIfPresent(
                owned,
                (id, old) -> new Instance(
                        id.node(),
                        old.instanceId(),
                        old.market(),
                        old.pricePerHour(),
                        old.owner(),
                        old.tags(),
                        InstanceState.TERMINATED,
                        old.launchedAt(),
                        LAUNCHED_AT.plusSeconds(60),
                        reason));
    }

    boolean isTerminated(NodeId node) {
        return instances.values().stream()
                .anyMatch(instance -> instance.node().equals(node) && instance.state() == InstanceState.TERMINATED);
    }

    private static Instance instance(NodeId node, Market market, String owner, Map<String, String> tags) {
        return new Instance(
                node,
                "i-" + node,
                market,
                Money.usd("0.3"),
                owner,
                tags,
                InstanceState.RUNNING,
                LAUNCHED_AT,
                null,
                null);
    }
}
