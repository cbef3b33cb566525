package dev.drover.planning.input;

import dev.drover.planning.input.Observations.AgentSeen;
import dev.drover.planning.input.Observations.Refused;
import dev.drover.planning.input.Observations.Unread;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.pool.BackoffSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/** How each input changes the volatile facts. Pure. */
public final class ObservationFold {
    /** A read costs little, and a shard waits for it with its node at hand. */
    private static final BackoffSpec READ_AGAIN = new BackoffSpec(Duration.ofSeconds(1), Duration.ofSeconds(30));

    private ObservationFold() {}

    /** What is seen after {@code input}. */
    public static Observations observe(Observations seen, PoolState state, Input input, Instant now) {
        return switch (input) {
            case Input.OffersSeen(List<Offer> offers) -> seen.withOffers(byMarket(offers));
            case Input.AgentConnected(NodeId node, String incarnation) ->
                connected(seen, state, node, incarnation, now);
            case Input.AgentDisconnected(NodeId node, String incarnation) -> disconnected(seen, node, incarnation);
            case Input.StatusReported(AgentReport.Status status) -> reported(seen, state, status, now);
            case Input.Launched launched -> refused(opened(seen, launched.market()), state, launched.refusals(), now);
            case Input.LaunchRefused refused -> refused(seen, state, refused.refusals(), now);
            case Input.InstanceEnded ended -> ended(seen, state, ended, now);
            case Input.Asked ignored -> seen;
            case Input.Tick ignored -> seen;
            case Input.CheckpointsRead read ->
                state.shard(read.shard())
                        .flatMap(shard -> shard.missedIn(read.published(), read.passedOver()))
                        .map(missed -> unread(seen, state, read.shard(), missed, now))
                        .orElseGet(() -> seen.withUnread(seen.unread().minus(read.shard())));
            case Input.CheckpointsUnreadable(ShardId shard, String cause) -> unread(seen, state, shard, cause, now);
            case Input.Archived ignored -> seen;
        };
    }

    private static PMap<Market, Offer> byMarket(List<Offer> offers) {
        PMap<Market, Offer> map = TreePMap.empty();
        for (Offer offer : offers) {
            map = map.plus(offer.market(), offer);
        }
        return map;
    }

    private static Observations connected(
            Observations seen, PoolState state, NodeId node, String incarnation, Instant now) {
        if (state.node(node).isEmpty()) {
            return seen;
        }
        Optional<AgentReport.Status> known =
                seen.status(node).filter(status -> status.incarnation().equals(incarnation));
        return seen.withAgent(node, new AgentSeen(incarnation, true, now, known));
    }

    private static Observations disconnected(Observations seen, NodeId node, String incarnation) {
        AgentSeen agent = seen.agents().get(node);
        return agent == null || !agent.incarnation().equals(incarnation)
                ? seen
                : seen.withAgent(node, new AgentSeen(incarnation, false, agent.heardAt(), agent.status()));
    }

    /**
     * Statuses can arrive late, over an old connection: an older one of the same incarnation changes nothing, and neither
     * does one of another incarnation than the one that is connected.
     */
    private static Observations reported(Observations seen, PoolState state, AgentReport.Status status, Instant now) {
        Optional<Node> node = state.node(status.node());
        if (node.isEmpty() || isStale(seen, status)) {
            return seen;
        }
        Observations heard =
                seen.withAgent(status.node(), new AgentSeen(status.incarnation(), true, now, Optional.of(status)));
        boolean noticed = status.notice() != null && node.get().notice().isEmpty();
        return noticed ? taken(heard, state, node.get(), now) : heard;
    }

    private static boolean isStale(Observations seen, AgentReport.Status status) {
        AgentSeen known = seen.agents().get(status.node());
        if (known == null) {
            return false;
        }
        return known.incarnation().equals(status.incarnation())
                ? known.status()
                        .filter(last -> last.sequence() >= status.sequence())
                        .isPresent()
                : known.connected();
    }

    private static Observations opened(Observations seen, Market market) {
        return seen.withRefusals(seen.refusals().minus(market));
    }

    private static Observations refused(Observations seen, PoolState state, List<Refusal> refusals, Instant now) {
        BackoffSpec backoff = state.spec().map(PoolSpec::backoff).orElse(BackoffSpec.DEFAULT);
        PMap<Market, Refused> all = seen.refusals();
        for (Refusal refusal : refusals) {
            Refused before = all.get(refusal.market());
            int count = before == null ? 1 : before.count() + 1;
            all = all.plus(refusal.market(), new Refused(refusal, count, now, now.plus(backoff.after(count))));
        }
        return seen.withRefusals(all);
    }

    private static Observations unread(Observations seen, PoolState state, ShardId shard, String cause, Instant now) {
        PMap<ShardId, Unread> all = seen.unread();
        for (ShardId known : all.keySet()) {
            all = state.shard(known).filter(Shard::isLive).isPresent() ? all : all.minus(known);
        }
        int count = seen.unread(shard).map(Unread::count).orElse(0) + 1;
        return seen.withUnread(all.plus(shard, new Unread(cause, count, now.plus(READ_AGAIN.after(count)))));
    }

    private static Observations ended(Observations seen, PoolState state, Input.InstanceEnded ended, Instant now) {
        Observations without = seen.withoutAgent(ended.node());
        return state.node(ended.node())
                .filter(node -> node.phase() != NodePhase.ENDING)
                .map(node -> taken(without, state, node, now))
                .orElse(without);
    }

    /** Spot capacity that is taken is a sign of none there: its market is left alone for a while, too. */
    private static Observations taken(Observations seen, PoolState state, Node node, Instant now) {
        return node.market()
                .filter(Market::isSpot)
                .map(market -> new Refusal(
                        market, Refusal.Kind.NO_CAPACITY, "Evicted", "node " + node.id() + " is taken here"))
                .map(refusal -> refused(seen, state, List.of(refusal), now))
                .orElse(seen);
    }
}
