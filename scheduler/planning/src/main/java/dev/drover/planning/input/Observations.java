package dev.drover.planning.input;

import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * Volatile facts, which would flood the journal: what agents last said, prices, refusals. They start empty after a recovery,
 * and leases start anew with them, so an outage of the controller expires nothing.
 *
 * @param since when these observations began: the earliest a silence can have started
 * @param offers prices now, by market
 * @param agents what each node's agent last said
 * @param refusals which markets are left alone, and until when
 * @param unread which shards' checkpoints could not be read, and until when the store is left alone
 */
public record Observations(
        Instant since,
        PMap<Market, Offer> offers,
        PMap<NodeId, AgentSeen> agents,
        PMap<Market, Refused> refusals,
        PMap<ShardId, Unread> unread) {

    /** What was last heard of a node. */
    public record AgentSeen(
            String incarnation, boolean connected, Instant heardAt, Optional<AgentReport.Status> status) {}

    /** A market that refused {@code count} times in a row. */
    public record Refused(Refusal refusal, int count, Instant at, Instant until) {}

    /** A question to the store that failed {@code count} times in a row. */
    public record Unread(String cause, int count, Instant until) {}

    public static Observations startingAt(Instant now) {
        return new Observations(
                now, TreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty());
    }

    /** When the node was last heard of; for one not heard of, when it could first have been. */
    public Instant lastHeard(NodeId node) {
        AgentSeen seen = agents.get(node);
        return seen == null ? since : seen.heardAt();
    }

    public Duration silence(NodeId node, Instant now) {
        Duration silence = Duration.between(lastHeard(node), now);
        return silence.isNegative() ? Duration.ZERO : silence;
    }

    public boolean isConnected(NodeId node) {
        AgentSeen seen = agents.get(node);
        return seen != null && seen.connected();
    }

    public Optional<AgentReport.Status> status(NodeId node) {
        return Optional.ofNullable(agents.get(node)).flatMap(AgentSeen::status);
    }

    /** Whether the status is what was heard at {@code now}, and not passed over as stale. */
    public boolean isNews(AgentReport.Status status, Instant now) {
        AgentSeen seen = agents.get(status.node());
        return seen != null && seen.heardAt().equals(now) && seen.status().equals(Optional.of(status));
    }

    /** What the node says of a lease. */
    public Optional<ShardStatus> status(NodeId node, Lease lease) {
        return status(node)
                .flatMap(status -> status.shards().stream()
                        .filter(shard -> shard.lease().equals(lease))
                        .findFirst());
    }

    public boolean isBackingOff(Market market, Instant now) {
        Refused refused = refusals.get(market);
        return refused != null && now.isBefore(refused.until());
    }

    /** Why the shard's checkpoints can't be read, while that is so. */
    public Optional<Unread> unread(ShardId shard) {
        return Optional.ofNullable(unread.get(shard));
    }

    public Observations withOffers(PMap<Market, Offer> newOffers) {
        return new Observations(since, newOffers, agents, refusals, unread);
    }

    public Observations withAgent(NodeId node, AgentSeen seen) {
        return new Observations(since, offers, agents.plus(node, seen), refusals, unread);
    }

    public Observations withoutAgent(NodeId node) {
        return new Observations(since, offers, agents.minus(node), refusals, unread);
    }

    public Observations withRefusals(PMap<Market, Refused> newRefusals) {
        return new Observations(since, offers, agents, newRefusals, unread);
    }

    public Observations withUnread(PMap<ShardId, Unread> newUnread) {
        return new Observations(since, offers, agents, refusals, newUnread);
    }
}
