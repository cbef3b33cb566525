package dev.drover.planning;

import dev.drover.planning.input.Observations;
import dev.drover.planning.state.Attempt;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.Occupancy;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.api.AttemptView;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.MarketView;
import dev.drover.protocol.api.NodeView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.api.PoolView;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What people see of a pool. Derived, never remembered. */
final class Views {
    private final Waiting waiting;
    private final Plans plans;

    Views(Waiting waiting, Plans plans) {
        this.waiting = waiting;
        this.plans = plans;
    }

    PoolReply answer(PoolState state, Observations seen, PoolCommand.Query query, Instant now) {
        if (state.spec().isEmpty()) {
            return new PoolReply.NotFound("pool");
        }
        return switch (query) {
            case PoolCommand.ShowPool() -> new PoolReply.Pool(poolView(state));
            case PoolCommand.ShowJob(JobId id) -> job(state, seen, id, now);
            case PoolCommand.ListJobs() -> {
                Accounts accounts = new Accounts(state, seen, now);
                yield new PoolReply.Jobs(state.jobsInOrder()
                        .map(job -> jobView(accounts, seen, job, now))
                        .toList());
            }
            case PoolCommand.ListNodes() ->
                new PoolReply.Nodes(state.nodes().values().stream()
                        .map(node -> nodeView(state, seen, node, now))
                        .toList());
            case PoolCommand.ListMarkets() ->
                new PoolReply.Markets(seen.offers().values().stream()
                        .map(offer -> marketView(state, seen, offer, now))
                        .toList());
            case PoolCommand.ShowCost() -> new PoolReply.Cost(Costs.of(state, seen, now));
            case PoolCommand.PlanJob plan -> plans.answer(state, seen, plan, now);
        };
    }

    PoolReply job(PoolState state, Observations seen, JobId id, Instant now) {
        return state.job(id)
                .<PoolReply>map(job -> new PoolReply.Job(jobView(new Accounts(state, seen, now), seen, job, now)))
                .orElseGet(() -> new PoolReply.NotFound("job " + id));
    }

    JobView jobView(Accounts accounts, Observations seen, Job job, Instant now) {
        List<ShardView> shards = job.shards().stream()
                .map(shard -> shardView(accounts, seen, shard, now))
                .toList();
        Optional<Reason> why = job.because();
        if (job.isLive() && job.state() != JobState.RUNNING) {
            why = shards.stream()
                    .filter(shard -> !shard.state().isFinal() && shard.node().isEmpty())
                    .findFirst()
                    .flatMap(ShardView::why);
        }
        return new JobView(
                job.id(),
                accounts.state().spec().orElseThrow().name(),
                job.owner(),
                job.spec(),
                job.state(),
                why,
                shards,
                job.submittedAt(),
                job.finishedAt(),
                Costs.of(job.ledger()));
    }

    private ShardView shardView(Accounts accounts, Observations seen, Shard shard, Instant now) {
        Optional<ShardStatus> status =
                shard.node().flatMap(node -> shard.lease().flatMap(lease -> seen.status(node, lease)));
        int remembered =
                shard.attempts().isEmpty() ? 0 : shard.attempts().getLast().lastStep();
        Optional<Reason> why = shard.isLive() && shard.node().isEmpty()
                ? Optional.of(waiting.why(accounts, seen, shard, now))
                : shard.because();
        return new ShardView(
                shard.id().index(),
                shard.state(),
                shard.generation(),
                Math.max(remembered, status.map(ShardStatus::step).orElse(0)),
                shard.node(),
                shard.target(),
                why,
                status.filter(known -> known.phase() == Phase.STARTING || known.phase() == Phase.RUNNING)
                        .map(ShardStatus::reason),
                shard.attempts().stream().map(Views::attemptView).toList());
    }

    private static AttemptView attemptView(Attempt attempt) {
        return new AttemptView(
                attempt.generation(),
                attempt.node(),
                attempt.market(),
                attempt.grantedAt(),
                attempt.resumeStep(),
                attempt.resumeFrom().map(ref -> ref.lease().generation()).orElse(0),
                attempt.grantedBecause(),
                attempt.endedAt(),
                attempt.endedBecause());
    }

    private static NodeView nodeView(PoolState state, Observations seen, Node node, Instant now) {
        List<Lease> leases = new ArrayList<>();
        state.runningOn(node.id()).forEach(shard -> shard.lease().ifPresent(leases::add));
        NodeView.Membership membership = switch (node.phase()) {
            case LAUNCHING -> NodeView.Membership.LAUNCHING;
            case JOINING -> NodeView.Membership.JOINING;
            case LOST -> NodeView.Membership.LOST;
            case ENDING -> NodeView.Membership.GONE;
            case DRAINING -> NodeView.Membership.DRAINING;
            case READY -> node.notice().isPresent() ? NodeView.Membership.DRAINING : NodeView.Membership.READY;
        };
        boolean silent = Outstanding.isUnreachable(state, seen, node, now) && membership != NodeView.Membership.LOST;
        return new NodeView(
                node.id(),
                silent ? NodeView.Membership.UNREACHABLE : membership,
                node.market(),
                node.instance().map(Node.Instance::instanceId),
                node.instance().map(Node.Instance::pricePerHour),
                node.instance().map(Node.Instance::resources),
                leases,
                node.notice(),
                seen.rebalanceSince(node.id()),
                silence(seen, node.id(), now),
                node.because(),
                node.leaving(),
                node.requestedAt());
    }

    private static Optional<java.time.Duration> silence(Observations seen, NodeId node, Instant now) {
        return seen.agents().containsKey(node) ? Optional.of(seen.silence(node, now)) : Optional.empty();
    }

    private static MarketView marketView(PoolState state, Observations seen, Offer offer, Instant now) {
        PoolSpec spec = state.spec().orElseThrow();
        Market market = offer.market();
        boolean used = market.provider().equals(spec.provider())
                && (spec.zones().isEmpty() || spec.zones().contains(market.zone()))
                && (spec.instanceTypes().isEmpty() || spec.instanceTypes().contains(market.instanceType()));
        Optional<Observations.Refused> refused =
                Optional.ofNullable(seen.refusals().get(market));
        return new MarketView(
                market,
                offer.pricePerHour(),
                offer.resources(),
                used,
                refused.map(Observations.Refused::refusal),
                refused.map(Observations.Refused::until).filter(now::isBefore));
    }

    private static PoolView poolView(PoolState state) {
        int ready = (int) state.nodes().values().stream()
                .filter(node -> node.phase() == dev.drover.planning.state.NodePhase.READY)
                .count();
        Occupancy shards = state.index().occupancy();
        return new PoolView(
                state.spec().orElseThrow(),
                state.paused(),
                state.nodes().size(),
                ready,
                shards.live() - shards.running(),
                shards.running(),
                Costs.of(state.ledger().total()));
    }
}
