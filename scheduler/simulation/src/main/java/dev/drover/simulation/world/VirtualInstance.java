package dev.drover.simulation.world;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.money.Money;
import java.util.Optional;

/** One instance that the provider gave, and the agent on it. */
final class VirtualInstance {
    private final NodeId node;
    private final Market market;
    private final Money pricePerHour;
    private final long startedMillis;
    private final VirtualAgent agent;
    private Optional<VirtualCloud.Ended> ended = Optional.empty();

    VirtualInstance(NodeId node, Market market, Money pricePerHour, long startedMillis, VirtualAgent agent) {
        this.node = node;
        this.market = market;
        this.pricePerHour = pricePerHour;
        this.startedMillis = startedMillis;
        this.agent = agent;
    }

    NodeId node() {
        return node;
    }

    String id() {
        return "i-" + node;
    }

    Market market() {
        return market;
    }

    Money pricePerHour() {
        return pricePerHour;
    }

    long startedMillis() {
        return startedMillis;
    }

    VirtualAgent agent() {
        return agent;
    }

    void end(VirtualCloud.Ended by) {
        ended = Optional.of(by);
    }

    boolean hasEnded() {
        return ended.isPresent();
    }

    /** As the provider words it. */
    String evidence() {
        return "instance " + id() + " is terminated: " + ended.map(Enum::name).orElse("no reason given");
    }
}
