package dev.drover.protocol.api;

import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A node as people see it.
 *
 * @param rebalanceSince since when its cloud says that it is more likely than others to be taken; absent while it does not
 * @param silence how long ago it was heard of
 * @param because why it was launched
 */
public record NodeView(
        NodeId id,
        Membership membership,
        Optional<Market> market,
        Optional<String> instanceId,
        Optional<Money> pricePerHour,
        Optional<Resources> resources,
        List<Lease> leases,
        Optional<EvictionNotice> notice,
        Optional<Instant> rebalanceSince,
        Optional<Duration> silence,
        Reason because,
        Optional<Reason> leavingBecause,
        Instant requestedAt) {
    /** A node's standing in its pool. */
    public enum Membership {
        /** Asked for; no instance yet. */
        LAUNCHING,
        /** The instance runs; its agent has not registered. */
        JOINING,
        READY,
        /** Silent for more than three heartbeats, less than the lease. */
        UNREACHABLE,
        /** On its way out: shards are being moved. */
        DRAINING,
        /** Silent beyond the lease: its shards were moved. It may come back, empty. */
        LOST,
        /** Being ended at the provider. */
        GONE
    }
}
