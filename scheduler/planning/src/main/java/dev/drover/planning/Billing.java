package dev.drover.planning;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.NodeBilled;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.Parts;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.money.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** Books instance-seconds at the price of the moment: when a price moves, each billing tick, at a node's end, and whenever who pays for it changes, or for what. */
final class Billing {
    /** An open node is booked at least this often, so that a budget can be held to this grain. */
    static final Duration TICK = Duration.ofSeconds(60);

    private Billing() {}

    static void run(Draft draft) {
        for (Node node : draft.agenda().nodes(draft.state())) {
            node.instance().ifPresent(instance -> {
                Money price = priceNow(draft.seen(), instance);
                boolean moved = !price.equals(instance.pricePerHour());
                boolean due = draft.agenda().isTick()
                        && !draft.now().isBefore(instance.billedTo().plus(TICK));
                if (moved || due) {
                    book(draft, node, instance, price);
                }
            });
        }
    }

    /** Books the nodes on which {@code next} changes who pays, or for what. */
    static void settle(Draft draft, PoolEvent next) {
        Stream<NodeId> nodes = switch (next) {
            case PoolEvent.ShardTargeted event -> Stream.concat(Stream.of(event.node()), places(draft, event.shard()));
            case PoolEvent.TargetDropped event -> places(draft, event.shard());
            case PoolEvent.ShardGranted event ->
                Stream.concat(
                        Stream.of(event.node()), places(draft, event.lease().shard()));
            case PoolEvent.ShardAdopted event ->
                Stream.concat(
                        Stream.of(event.node()), places(draft, event.lease().shard()));
            case PoolEvent.ShardStarted event -> places(draft, event.lease().shard());
            case PoolEvent.ShardCaughtUp event -> places(draft, event.lease().shard());
            case PoolEvent.ShardDetached event -> places(draft, event.lease().shard());
            case PoolEvent.ShardFailed event -> places(draft, event.lease().shard());
            case PoolEvent.ShardSucceeded event -> places(draft, event.lease().shard());
            case PoolEvent.JobCancelled event ->
                draft.state().job(event.job()).stream()
                        .flatMap(job -> job.shards().stream())
                        .flatMap(Billing::places);
            case PoolEvent.NodeJoined event -> Stream.of(event.node());
            case PoolEvent.NodeDraining event -> Stream.of(event.node());
            case PoolEvent.NodeEnding event -> Stream.of(event.node());
            case PoolEvent.NodeGone event -> Stream.of(event.node());
            case PoolEvent.NodeBilled ignored -> Stream.empty();
            case PoolEvent.PoolConfigured ignored -> Stream.empty();
            case PoolEvent.PoolPaused ignored -> Stream.empty();
            case PoolEvent.PoolResumed ignored -> Stream.empty();
            case PoolEvent.JobSubmitted ignored -> Stream.empty();
            case PoolEvent.JobBudgetSet ignored -> Stream.empty();
            case PoolEvent.JobFinished ignored -> Stream.empty();
            case PoolEvent.JobArchived ignored -> Stream.empty();
            case PoolEvent.ArchivedForgotten ignored -> Stream.empty();
            case PoolEvent.NodeRequested ignored -> Stream.empty();
            case PoolEvent.NodeLaunched ignored -> Stream.empty();
            case PoolEvent.LaunchRefused ignored -> Stream.empty();
            case PoolEvent.NodeNoticed ignored -> Stream.empty();
            case PoolEvent.NodeLost ignored -> Stream.empty();
            case PoolEvent.CheckpointRejected ignored -> Stream.empty();
            case PoolEvent.ShardPreempted ignored -> Stream.empty();
        };
        nodes.distinct().toList().forEach(node -> close(draft, node));
    }

    private static Stream<NodeId> places(Draft draft, ShardId shard) {
        return draft.state().shard(shard).stream().flatMap(Billing::places);
    }

    /** Where the shard pays: where it runs, and where a slot is kept for it. */
    private static Stream<NodeId> places(Shard shard) {
        return Stream.concat(shard.node().stream(), shard.target().stream());
    }

    /** Books a node up to now. */
    private static void close(Draft draft, NodeId id) {
        draft.state()
                .node(id)
                .ifPresent(node -> node.instance()
                        .filter(open -> open.billedTo().isBefore(draft.now()))
                        .ifPresent(open -> book(draft, node, open, open.pricePerHour())));
    }

    private static void book(Draft draft, Node node, Node.Instance instance, Money next) {
        Instant to = draft.now().isBefore(instance.billedTo()) ? instance.billedTo() : draft.now();
        draft.add(new NodeBilled(
                node.id(),
                instance.billedTo(),
                to,
                instance.pricePerHour(),
                onDemandPrice(draft.seen(), instance),
                next,
                Parts.of(draft.state(), node, instance.resources()),
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
