package dev.drover.planning.state;

import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One node, from the wish for it to the proof of its end.
 *
 * @param wanted the markets it was asked from, in order
 * @param instance what was obtained, once it was
 * @param since when it entered its phase
 * @param because why it was launched
 * @param leaving why it goes, once it does
 * @param idleSince when its last shard left, while it has none
 */
public record Node(
        NodeId id,
        NodePhase phase,
        List<Market> wanted,
        Optional<Instance> instance,
        Optional<EvictionNotice> notice,
        Instant requestedAt,
        Instant since,
        Instant idleSince,
        Reason because,
        Optional<Reason> leaving) {
    public Node {
        wanted = List.copyOf(wanted);
    }

    /** What was obtained, and up to when it is booked. */
    public record Instance(
            String instanceId,
            Market market,
            Money pricePerHour,
            Resources resources,
            Instant launchedAt,
            Instant billedTo) {}

    static Node requested(NodeId id, List<Market> wanted, Reason because, Instant at) {
        return new Node(
                id,
                NodePhase.LAUNCHING,
                wanted,
                Optional.empty(),
                Optional.empty(),
                at,
                at,
                at,
                because,
                Optional.empty());
    }

    public Optional<Market> market() {
        return instance.map(Instance::market);
    }

    /** Whether the node bought, or asked for first, is spot. */
    public boolean isSpot() {
        return market().or(() -> wanted.stream().findFirst())
                .map(Market::isSpot)
                .orElse(false);
    }

    /** Whether it is spot that its cloud does not take yet; {@code protectedTime} from its launch on it takes none. */
    public boolean isProtected(Duration protectedTime, Instant now) {
        return isSpot()
                && instance.filter(
                                obtained -> now.isBefore(obtained.launchedAt().plus(protectedTime)))
                        .isPresent();
    }

    /** Whether new work may be put on it. */
    public boolean takesWork() {
        return notice.isEmpty()
                && (phase == NodePhase.LAUNCHING || phase == NodePhase.JOINING || phase == NodePhase.READY);
    }

    /** Whether its shards must move. */
    public boolean isLeaving() {
        return notice.isPresent() || phase == NodePhase.DRAINING;
    }

    Node in(NodePhase newPhase, Instant at) {
        return new Node(id, newPhase, wanted, instance, notice, requestedAt, at, idleSince, because, leaving);
    }

    Node leavingBecause(Reason reason) {
        return new Node(
                id, phase, wanted, instance, notice, requestedAt, since, idleSince, because, Optional.of(reason));
    }

    Node staying() {
        return new Node(id, phase, wanted, instance, notice, requestedAt, since, idleSince, because, Optional.empty());
    }

    /** Obtained, perhaps from a market further down the list than the one the reason speaks of. */
    Node obtained(Instance instance) {
        Market first = wanted.isEmpty() ? instance.market() : wanted.getFirst();
        Reason why = instance.market().equals(first) || because.code() == Reason.Code.WARM_SPARE
                ? because
                : Reason.of(
                        because.code() == Reason.Code.CHEAPEST_SPOT ? Reason.Code.OTHER_ZONE : because.code(),
                        "Obtained in %s at %s/h, since %s refused. %s"
                                .formatted(instance.market(), instance.pricePerHour(), first, because.text()),
                        "market",
                        instance.market(),
                        "price",
                        instance.pricePerHour(),
                        "refused",
                        first);
        return new Node(id, phase, wanted, Optional.of(instance), notice, requestedAt, since, idleSince, why, leaving);
    }

    Node with(Instance booked) {
        return new Node(
                id, phase, wanted, Optional.of(booked), notice, requestedAt, since, idleSince, because, leaving);
    }

    Node noticed(EvictionNotice newNotice) {
        return new Node(
                id, phase, wanted, instance, Optional.of(newNotice), requestedAt, since, idleSince, because, leaving);
    }

    Node idleFrom(Instant at) {
        return new Node(id, phase, wanted, instance, notice, requestedAt, since, at, because, leaving);
    }
}
