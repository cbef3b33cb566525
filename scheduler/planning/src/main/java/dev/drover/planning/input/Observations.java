package dev.drover.planning.input;

import dev.drover.planning.state.Payer;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
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
 * and leases start anew with them, so an outage of the controller expires nothing. Neither does a stall: what was said
 * meanwhile may still wait to be heard.
 *
 * @param since from when on the pool has looked without a long gap: the earliest a silence can have started
 * @param lookedAt when it last looked
 * @param offers prices now, by market
 * @param agents what each node's agent last said
 * @param refusals which markets are left alone, and until when
 * @param failing what could not be done outside, and until when it is left alone
 * @param history how the markets did so far
 * @param moneyUntil when each budget that is being spent will have been, as of the last tick
 */
public record Observations(
        Instant since,
        Instant lookedAt,
        PMap<Market, Offer> offers,
        PMap<NodeId, AgentSeen> agents,
        PMap<Market, Refused> refusals,
        PMap<Effort, Failing> failing,
        MarketHistory history,
        PMap<Payer, Instant> moneyUntil) {

    /** What was last heard of a node. */
    public record AgentSeen(
            String incarnation, boolean connected, Instant heardAt, Optional<AgentReport.Status> status) {}

    /**
     * A market that refused {@code count} times in a row.
     *
     * @param since when it first did
     */
    public record Refused(Refusal refusal, int count, Instant since, Instant until) {}

    /** An effort that failed {@code count} times in a row. */
    public record Failing(String cause, int count, Instant until) {}

    public static Observations startingAt(Instant now) {
        return new Observations(
                now,
                now,
                TreePMap.empty(),
                HashTreePMap.empty(),
                HashTreePMap.empty(),
                HashTreePMap.empty(),
                MarketHistory.startingAt(now),
                HashTreePMap.empty());
    }

    /** When the node was last heard of; for one not heard of, when it could first have been. */
    public Instant lastHeard(NodeId node) {
        AgentSeen seen = agents.get(node);
        return seen == null || seen.heardAt().isBefore(since) ? since : seen.heardAt();
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

    /** Since when the node's cloud says that it is more likely than others to be taken, as far as its last status says so. */
    public Optional<Instant> rebalanceSince(NodeId node) {
        return status(node).flatMap(status -> Optional.ofNullable(status.rebalanceSince()));
    }

    /** Whether the status is what was heard at {@code now}, and not passed over as stale. */
    public boolean isNews(AgentReport.Status status, Instant now) {
        AgentSeen seen = agents.get(status.node());
        return seen != null && seen.heardAt().equals(now) && seen.status().equals(Optional.of(status));
    }

    /** What the node says of a lease. */
    public Optional<ShardStatus> status(NodeId node, Lease lease) {
        AgentSeen seen = agents.get(node);
        if (seen == null || seen.status().isEmpty()) {
            return Optional.empty();
        }
        for (ShardStatus shard : seen.status().get().shards()) {
            if (shard.lease().equals(lease)) {
                return Optional.of(shard);
            }
        }
        return Optional.empty();
    }

    public boolean isBackingOff(Market market, Instant now) {
        Refused refused = refusals.get(market);
        return refused != null && now.isBefore(refused.until());
    }

    /** Why the effort fails, while it does. */
    public Optional<Failing> failing(Effort effort) {
        return Optional.ofNullable(failing.get(effort));
    }

    public boolean isLeftAlone(Effort effort, Instant now) {
        return failing(effort).filter(known -> now.isBefore(known.until())).isPresent();
    }

    /** A look at {@code now}; {@code gapless} where the time since the one before was no longer than it should be. */
    public Observations looking(Instant now, boolean gapless) {
        return new Observations(gapless ? since : now, now, offers, agents, refusals, failing, history, moneyUntil);
    }

    public Observations withOffers(PMap<Market, Offer> newOffers) {
        return new Observations(since, lookedAt, newOffers, agents, refusals, failing, history, moneyUntil);
    }

    public Observations withAgents(PMap<NodeId, AgentSeen> newAgents) {
        return new Observations(since, lookedAt, offers, newAgents, refusals, failing, history, moneyUntil);
    }

    public Observations withRefusals(PMap<Market, Refused> newRefusals) {
        return new Observations(since, lookedAt, offers, agents, newRefusals, failing, history, moneyUntil);
    }

    public Observations withFailing(PMap<Effort, Failing> newFailing) {
        return new Observations(since, lookedAt, offers, agents, refusals, newFailing, history, moneyUntil);
    }

    public Observations withHistory(MarketHistory newHistory) {
        return new Observations(since, lookedAt, offers, agents, refusals, failing, newHistory, moneyUntil);
    }

    public Observations withMoneyUntil(PMap<Payer, Instant> newMoneyUntil) {
        return new Observations(since, lookedAt, offers, agents, refusals, failing, history, newMoneyUntil);
    }
}
