package dev.drover.persistence.journal;

import dev.drover.planning.event.PoolEvent.NodeBilled;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.money.Money;
import java.time.Instant;
import java.util.List;

/** A bill that did not tell who pays, as {@code node.billed.v1} has it. */
record NodeBilledV1(
        NodeId node,
        Instant from,
        Instant to,
        Money pricePerHour,
        Money onDemandPricePerHour,
        Money nextPricePerHour,
        Instant at) {
    NodeBilled today() {
        return new NodeBilled(node, from, to, pricePerHour, onDemandPricePerHour, nextPricePerHour, List.of(), at);
    }
}
