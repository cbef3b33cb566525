package dev.drover.planning.input;

import dev.drover.planning.input.Observations.AgentSeen;
import dev.drover.planning.input.Observations.Failing;
import dev.drover.planning.input.Observations.Refused;
import dev.drover.planning.state.Attempt;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.pool.BackoffSpec;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/** How each input changes the volatile facts. Pure. */
public final class ObservationFold {
    /** A repeat costs little, while a shard waits for it, or an instance that nobody uses is paid for. */
    private static final BackoffSpec AGAIN = new BackoffSpec(Duration.ofSeconds(1), Duration.ofSeconds(30));

    /** What has not failed again by then is over: not every success is told. */
    private static final Duration FORGET_FAILING_AFTER = Duration.ofMinutes(5);

    /** A pool that did not look for more of a lease than this can't tell a silent node from one it has not yet heard. */
    private static final int LOOKS_PER_LEASE = 2;

    /** What takes longer is something else; and of nodes that have been there for longer nothing needs to be looked up. */
    private static final Duration LONGEST_START_UP = Duration.ofHours(1);

    private ObservationFold() {}

    /** What is seen after {@code input}. */
    public static Observations observe(Observations before, PoolState state, Input input, Instant now) {
        Observations seen = before.looking(now, isGapless(before, state, now));
        return switch (input) {
            case Input.OffersSeen(List<Offer> offers) -> seen.withOffers(byMarket(offers));
            case Input.AgentConnected(NodeId node, String incarnation) ->
                connected(seen, state, node, incarnation, now);
            case Input.AgentDisconnected(NodeId node, String incarnation) -> disconnected(seen, node, incarnation);
            case Input.StatusReported(AgentReport.Status status) -> reported(seen, state, status, now);
            case Input.Launched launched ->
                refused(
                        opened(worked(seen, new Effort.Instance(launched.node())), launched.market()),
                        state,
                        launched.refusals(),
                        now);
            case Input.LaunchRefused refused ->
                refused(
                        notGathered(worked(seen, new Effort.Instance(refused.node())), state, refused.node(), now),
                        state,
                        refused.refusals(),
                        now);
            case Input.InstanceEnded ended -> ended(seen, state, ended, now);
            case Input.Asked ignored -> seen;
            case Input.Tick ignored ->
                forgetting(seen, state, now).withHistory(seen.history().grown(state, seen, now));
            case Input.CheckpointsRead read ->
                state.shard(read.shard())
                        .flatMap(shard -> shard.missedIn(read.published(), read.passedOver()))
                        .map(missed -> failed(seen, new Effort.CheckpointRead(read.shard()), missed, now))
                        .orElseGet(() -> worked(seen, new Effort.CheckpointRead(read.shard())));
            case Input.Failed(Effort effort, String cause) -> failed(seen, effort, cause, now);
            case Input.Archived(JobId job) -> worked(seen, new Effort.Archiving(job));
        };
    }

    private static boolean isGapless(Observations seen, PoolState state, Instant now) {
        Duration lease =
                state.spec().map(PoolSpec::lease).orElse(LeaseSpec.DEFAULT).length();
        Duration gap = Duration.between(seen.lookedAt(), now);
        return LOOKS_PER_LEASE * gap.toNanos() <= lease.toNanos();
    }

    /** Agents are forgotten a little after their nodes, so that what they last said is known when the end is decided on. */
    private static Observations forgetting(Observations seen, PoolState state, Instant now) {
        PMap<NodeId, AgentSeen> agents = seen.agents();
        for (NodeId node : agents.keySet()) {
            agents = state.node(node).isPresent() ? agents : agents.minus(node);
        }
        PMap<Effort, Failing> failing = seen.failing();
        for (Map.Entry<Effort, Failing> known : seen.failing().entrySet()) {
            boolean over = now.isAfter(known.getValue().until().plus(FORGET_FAILING_AFTER));
            failing = over ? failing.minus(known.getKey()) : failing;
        }
        return seen.withAgents(agents).withFailing(failing);
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
        return with(seen, node, new AgentSeen(incarnation, true, now, known));
    }

    private static Observations disconnected(Observations seen, NodeId node, String incarnation) {
        AgentSeen agent = seen.agents().get(node);
        return agent == null || !agent.incarnation().equals(incarnation)
                ? seen
                : with(seen, node, new AgentSeen(incarnation, false, agent.heardAt(), agent.status()));
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
                with(seen, status.node(), new AgentSeen(status.incarnation(), true, now, Optional.of(status)));
        Observations started = startUp(state, node.get(), status, now)
                .map(took -> heard.withHistory(heard.history().started(took)))
                .orElse(heard);
        // What we end gets a SIGTERM, which its agent takes for a notice like any other.
        boolean noticed = status.notice() != null
                && node.get().notice().isEmpty()
                && node.get().phase() != NodePhase.ENDING;
        return noticed ? taken(started, state, node.get(), now) : started;
    }

    /** From the node's launch to the first step of a shard that waited for it; absent where no such step is news. */
    private static Optional<Duration> startUp(PoolState state, Node node, AgentReport.Status status, Instant now) {
        if (now.isAfter(node.since().plus(LONGEST_START_UP))) {
            return Optional.empty();
        }
        return status.shards().stream()
                .filter(heard -> state.shard(heard.lease().shard())
                        .filter(shard -> shard.lease().equals(Optional.of(heard.lease())))
                        .flatMap(Shard::lastAttempt)
                        .filter(attempt -> !attempt.hasStarted() && heard.step() > attempt.resumeStep())
                        .filter(attempt -> waitedFor(state, node, attempt))
                        .isPresent())
                .findFirst()
                .flatMap(first -> node.instance())
                .map(instance -> Duration.between(instance.launchedAt(), now));
    }

    /** Whether it was granted as soon as the node was ready. */
    private static boolean waitedFor(PoolState state, Node node, Attempt attempt) {
        Duration lease =
                state.spec().map(PoolSpec::lease).orElse(LeaseSpec.DEFAULT).length();
        return attempt.grantedAt().isBefore(node.since().plus(lease));
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

    private static Observations with(Observations seen, NodeId node, AgentSeen agent) {
        return seen.withAgents(seen.agents().plus(node, agent));
    }

    private static Observations opened(Observations seen, Market market) {
        return seen.withRefusals(seen.refusals().minus(market));
    }

    private static Observations refused(Observations seen, PoolState state, List<Refusal> refusals, Instant now) {
        BackoffSpec backoff = state.spec().map(PoolSpec::backoff).orElse(BackoffSpec.DEFAULT);
        PMap<Market, Refused> all = seen.refusals();
        for (Refusal refusal : refusals) {
            all = all.plus(refusal.market(), again(all.get(refusal.market()), refusal, backoff, now));
        }
        return seen.withRefusals(all);
    }

    /**
     * A gang that one of its nodes was refused to. Each attempt launches for all its shards, and its successes clear their markets: so
     * it has a back-off of its own, after a second attempt at once, which may find other markets.
     */
    private static Observations notGathered(Observations seen, PoolState state, NodeId refused, Instant now) {
        BackoffSpec backoff = state.spec().map(PoolSpec::backoff).orElse(BackoffSpec.DEFAULT);
        Observations noted = seen;
        for (Shard shard : state.targeting(refused)) {
            Effort gathering = new Effort.Gathering(shard.id().job());
            if (state.job(shard.id().job())
                    .filter(job -> job.placedTogether(shard) > 1)
                    .isPresent()) {
                int before = seen.failing(gathering).map(Failing::count).orElse(0);
                Instant until = before == 0 ? now : now.plus(backoff.after(before));
                Failing failing = new Failing("one of its nodes was refused", before + 1, until);
                noted = noted.withFailing(noted.failing().plus(gathering, failing));
            }
        }
        return noted;
    }

    /** What many launches hear at the same time is one refusal: a market that is left alone already says nothing new. */
    private static Refused again(@Nullable Refused before, Refusal refusal, BackoffSpec backoff, Instant now) {
        if (before == null) {
            return new Refused(refusal, 1, now, now.plus(backoff.after(1)));
        }
        if (now.isBefore(before.until())) {
            return before;
        }
        int count = before.count() + 1;
        return new Refused(refusal, count, before.since(), now.plus(backoff.after(count)));
    }

    private static Observations failed(Observations seen, Effort effort, String cause, Instant now) {
        int count = seen.failing(effort).map(Failing::count).orElse(0) + 1;
        return seen.withFailing(seen.failing().plus(effort, new Failing(cause, count, now.plus(AGAIN.after(count)))));
    }

    private static Observations worked(Observations seen, Effort effort) {
        return seen.withFailing(seen.failing().minus(effort));
    }

    private static Observations ended(Observations seen, PoolState state, Input.InstanceEnded ended, Instant now) {
        Observations worked = worked(seen, new Effort.Instance(ended.node()));
        return state.node(ended.node())
                .filter(node -> node.phase() != NodePhase.ENDING)
                .map(node -> taken(worked, state, node, now))
                .orElse(worked);
    }

    /** Spot capacity that is taken is a sign of none there: its market is left alone for a while, too. */
    private static Observations taken(Observations before, PoolState state, Node node, Instant now) {
        Optional<Market> spot = node.market().filter(Market::isSpot);
        boolean first = node.notice().isEmpty();
        Observations seen = spot.filter(market -> first)
                .map(market -> before.withHistory(before.history().interrupted(market)))
                .orElse(before);
        return spot.map(market -> new Refusal(
                        market, Refusal.Kind.NO_CAPACITY, "Evicted", "node " + node.id() + " was evicted here"))
                .map(refusal -> refused(seen, state, List.of(refusal), now))
                .orElse(seen);
    }
}
