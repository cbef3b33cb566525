package dev.drover.planning;

import dev.drover.planning.event.PoolEvent.NodeBilled;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.Node;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.money.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Books instance-seconds at the price of the moment: when a price moves, each billing tick, and at a node's end. */
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

    /** Books the rest of a node that is gone. */
    static void close(Draft draft, NodeId id) {
        Optional<Node.Instance> instance = draft.state().node(id).flatMap(Node::instance);
        instance.ifPresent(open -> book(draft, id, open, open.pricePerHour()));
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
