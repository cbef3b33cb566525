package dev.drover.planning.input;

import dev.drover.planning.input.Observations.AgentSeen;
import dev.drover.planning.input.Observations.Refused;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.id.NodeId;
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
    private ObservationFold() {}

    /** What is seen after {@code input}. */
    public static Observations observe(Observations seen, PoolState state, Input input, Instant now) {
        return switch (input) {
            case Input.OffersSeen(List<Offer> offers) -> seen.withOffers(byMarket(offers));
            case Input.AgentConnected(NodeId node, String incarnation) -> connected(seen, node, incarnation, now);
            case Input.AgentDisconnected(NodeId node, String incarnation) -> disconnected(seen, node, incarnation);
            case Input.StatusReported(AgentReport.Status status) -> reported(seen, status, now);
            case Input.Launched launched -> refused(opened(seen, launched.market()), state, launched.refusals(), now);
            case Input.LaunchRefused refused -> refused(seen, state, refused.refusals(), now);
            case Input.InstanceEnded ended -> ended(seen, state, ended, now);
            case Input.Asked ignored -> seen;
            case Input.Tick ignored -> seen;
            case Input.CheckpointsRead ignored -> seen;
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

    private static Observations connected(Observations seen, NodeId node, String incarnation, Instant now) {
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

    /** Statuses can arrive late, over an old connection: an older one of the same incarnation changes nothing. */
    private static Observations reported(Observations seen, AgentReport.Status status, Instant now) {
        boolean stale = seen.status(status.node())
                .filter(known -> known.incarnation().equals(status.incarnation()))
                .filter(known -> known.sequence() >= status.sequence())
                .isPresent();
        return stale
                ? seen
                : seen.withAgent(status.node(), new AgentSeen(status.incarnation(), true, now, Optional.of(status)));
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
            all = all.plus(refusal.market(), new Refused(refusal, count, now, now.plus(delay(backoff, count))));
        }
        return seen.withRefusals(all);
    }

    /** Doubles from the first to the longest. */
    private static Duration delay(BackoffSpec backoff, int count) {
        Duration delay = backoff.first().multipliedBy(1L << Math.min(count - 1, 20));
        return delay.compareTo(backoff.longest()) > 0 ? backoff.longest() : delay;
    }

    /** Spot capacity that was taken is a sign of none there: its market is left alone for a while, too. */
    private static Observations ended(Observations seen, PoolState state, Input.InstanceEnded ended, Instant now) {
        Optional<Node> node = state.node(ended.node());
        Observations without = seen.withoutAgent(ended.node());
        boolean taken = node.filter(
                        known -> known.leaving().isEmpty() || known.notice().isPresent())
                .isPresent();
        Optional<Market> market = node.flatMap(Node::market).filter(Market::isSpot);
        if (!taken || market.isEmpty()) {
            return without;
        }
        Refusal refusal = new Refusal(
                market.get(), Refusal.Kind.NO_CAPACITY, "Evicted", "node " + ended.node() + " was taken here");
        return refused(without, state, List.of(refusal), now);
    }
}
