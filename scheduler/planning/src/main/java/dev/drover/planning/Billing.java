package dev.drover.planning;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.NodeBilled;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.money.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Books instance-seconds at the price of the moment: when a price moves, each billing tick, when its shards change, and at a node's end. */
final class Billing {
    /** An open node is booked at least this often, so that a budget can be held to this grain. */
    static final Duration TICK = Duration.ofSeconds(60);

    private Billing() {}

    static void run(Draft draft) {
        for (Node node : List.copyOf(draft.state().nodes().values())) {
            node.instance().ifPresent(instance -> {
                Money price = priceNow(draft.seen(), instance);
                boolean moved = !price.equals(instance.pricePerHour());
                boolean due = !draft.now().isBefore(instance.billedTo().plus(TICK));
                if (moved || due) {
                    book(draft, node.id(), instance, price);
                }
            });
        }
    }

    /** Books the nodes on which {@code next} changes who pays. */
    static void settle(Draft draft, PoolEvent next) {
        Stream<NodeId> nodes = switch (next) {
            case PoolEvent.ShardGranted event -> Stream.of(event.node());
            case PoolEvent.ShardAdopted event -> Stream.of(event.node());
            case PoolEvent.ShardDetached event -> nodeOf(draft, event.lease());
            case PoolEvent.ShardFailed event -> nodeOf(draft, event.lease());
            case PoolEvent.ShardSucceeded event -> nodeOf(draft, event.lease());
            case PoolEvent.JobCancelled event ->
                draft.state().job(event.job()).stream()
                        .flatMap(job -> job.shards().stream())
                        .flatMap(shard -> shard.node().stream())
                        .distinct();
            case PoolEvent.NodeEnding event -> Stream.of(event.node());
            case PoolEvent.NodeGone event -> Stream.of(event.node());
            case PoolEvent.NodeBilled ignored -> Stream.empty();
            case PoolEvent.PoolConfigured ignored -> Stream.empty();
            case PoolEvent.PoolPaused ignored -> Stream.empty();
            case PoolEvent.PoolResumed ignored -> Stream.empty();
            case PoolEvent.JobSubmitted ignored -> Stream.empty();
            case PoolEvent.JobFinished ignored -> Stream.empty();
            case PoolEvent.JobArchived ignored -> Stream.empty();
            case PoolEvent.ArchivedForgotten ignored -> Stream.empty();
            case PoolEvent.NodeRequested ignored -> Stream.empty();
            case PoolEvent.NodeLaunched ignored -> Stream.empty();
            case PoolEvent.LaunchRefused ignored -> Stream.empty();
            case PoolEvent.NodeJoined ignored -> Stream.empty();
            case PoolEvent.NodeNoticed ignored -> Stream.empty();
            case PoolEvent.NodeDraining ignored -> Stream.empty();
            case PoolEvent.NodeLost ignored -> Stream.empty();
            case PoolEvent.ShardTargeted ignored -> Stream.empty();
            case PoolEvent.TargetDropped ignored -> Stream.empty();
            case PoolEvent.ShardStarted ignored -> Stream.empty();
            case PoolEvent.CheckpointRejected ignored -> Stream.empty();
        };
        nodes.toList().forEach(node -> close(draft, node));
    }

    private static Stream<NodeId> nodeOf(Draft draft, Lease lease) {
        return draft.state().shard(lease.shard()).flatMap(Shard::node).stream();
    }

    /** Books a node up to now. */
    private static void close(Draft draft, NodeId id) {
        Optional<Node.Instance> instance = draft.state().node(id).flatMap(Node::instance);
        instance.filter(open -> open.billedTo().isBefore(draft.now()))
                .ifPresent(open -> book(draft, id, open, open.pricePerHour()));
    }

    private static void book(Draft draft, NodeId id, Node.Instance instance, Money next) {
        Instant to = draft.now().isBefore(instance.billedTo()) ? instance.billedTo() : draft.now();
        draft.add(new NodeBilled(
                id,
                instance.billedTo(),
                to,
                instance.pricePerHour(),
                onDemandPrice(draft.seen(), instance),
                next,
                draft.now()));
    }

    private static Money priceNow(Observations seen, Node.Instance instance) {
        return price(seen, instance.market()).orElse(instance.pricePerHour());
    }

    /** Where the provider sells the type on spot only, its spot price stands in: nothing is claimed to be saved. */
    private static Money onDemandPrice(Observations seen, Node.Instance instance) {
        return price(seen, instance.market().as(CapacityType.ON_DEMAND)).orElse(instance.pricePerHour());
    }

    private static Optional<Money> price(Observations seen, Market market) {
        return Optional.ofNullable(seen.offers().get(market)).map(Offer::pricePerHour);
    }
}
