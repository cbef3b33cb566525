package dev.drover.planning.state;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.*;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** How each event changes a pool's state. One method per event that does more than set a field. */
final class Fold {
    private Fold() {}

    static PoolState apply(PoolState state, PoolEvent event) {
        return switch (event) {
            case OfPool e -> ofPool(state, e);
            case OfJob e -> ofJob(state, e);
            case OfNode e -> ofNode(state, e);
            case OfShard e -> ofShard(state, e);
        };
    }

    private static PoolState ofPool(PoolState state, OfPool event) {
        return switch (event) {
            case PoolConfigured e -> state.withSpec(e.spec());
            case PoolPaused e -> state.withPaused(true);
            case PoolResumed e -> state.withPaused(false);
        };
    }

    private static PoolState ofJob(PoolState state, OfJob event) {
        return switch (event) {
            case JobSubmitted e -> state.withNewJob(Job.submitted(e.job(), e.spec(), e.owner(), e.at()));
            case JobCancelled e -> cancelled(state, e);
            case JobBudgetSet e ->
                state.job(e.job())
                        .map(job -> state.withChangedJob(job.withBudget(e.budget())))
                        .orElse(state);
            case JobFinished e ->
                state.job(e.job())
                        .map(job -> state.withJob(job.finishedAs(e.state(), e.reason(), e.at())))
                        .orElse(state);
            case JobArchived e -> state.withArchivedJob(e.job(), e.at());
            case ArchivedForgotten e -> state.withoutArchived(e.jobs());
        };
    }

    private static PoolState ofNode(PoolState state, OfNode event) {
        return switch (event) {
            case NodeRequested e ->
                state.withNodeRequested().withNode(Node.requested(e.node(), e.markets(), e.reason(), e.at()));
            case NodeLaunched e -> launched(state, e);
            case PoolEvent.LaunchRefused e -> state.withoutNode(e.node());
            case NodeJoined e -> joined(state, e);
            case NodeNoticed e -> node(state, e.node(), node -> node.noticed(e.notice()));
            case NodeDraining e ->
                node(
                        state,
                        e.node(),
                        node -> node.in(NodePhase.DRAINING, e.at()).leavingBecause(e.reason()));
            case NodeLost e ->
                node(
                        state,
                        e.node(),
                        node -> node.in(NodePhase.LOST, e.at())
                                .leavingBecause(node.leaving().orElse(e.reason())));
            case NodeEnding e ->
                node(state, e.node(), node -> node.in(NodePhase.ENDING, e.at()).leavingBecause(e.reason()));
            case NodeGone e -> state.withoutNode(e.node());
            case NodeBilled e -> billed(state, e);
        };
    }

    private static PoolState ofShard(PoolState state, OfShard event) {
        return switch (event) {
            case ShardTargeted e -> targeted(state, e);
            case TargetDropped e -> targetDropped(state, e);
            case ShardGranted e -> granted(state, e);
            case ShardStarted e -> current(state, e.lease(), shard -> started(shard, e.at()));
            case ShardCaughtUp e -> current(state, e.lease(), shard -> shard.reached(e.step()));
            case ShardPreempted e ->
                current(state, e.lease(), shard -> shard.in(ShardState.HANDING_OFF, e.reason(), e.at()));
            case ShardDetached e ->
                idle(
                        current(state, e.lease(), shard -> detached(shard, e.lastStep(), e.reason(), e.at())),
                        state,
                        e.lease(),
                        e.at());
            case ShardAdopted e -> shard(state, e.lease().shard(), shard -> shard.adopted(e.node(), e.at()));
            case CheckpointRejected e -> shard(state, e.lease().shard(), shard -> shard.rejecting(e.checkpoint()));
            case ShardFailed e -> idle(current(state, e.lease(), shard -> failed(shard, e)), state, e.lease(), e.at());
            case ShardSucceeded e ->
                idle(
                        current(
                                state,
                                e.lease(),
                                shard -> shard.attemptEnded(
                                                e.at(),
                                                e.reason(),
                                                e.checkpoint()
                                                        .map(CheckpointRef::step)
                                                        .orElse(0))
                                        .on(Optional.empty())
                                        .targeting(Optional.empty())
                                        .in(ShardState.SUCCEEDED, e.reason(), e.at())),
                        state,
                        e.lease(),
                        e.at());
        };
    }

    private static PoolState cancelled(PoolState state, JobCancelled event) {
        Reason reason = Reason.of(Reason.Code.CANCELLED, "Cancelled: " + event.reason());
        PoolState folded = state;
        for (Shard shard : state.job(event.job()).map(Job::shards).orElse(List.of())) {
            if (shard.isLive()) {
                int lastStep = shard.attempts().isEmpty()
                        ? 0
                        : shard.attempts().getLast().lastStep();
                folded = shard(
                        folded,
                        shard.id(),
                        live -> live.attemptEnded(event.at(), reason, lastStep)
                                .on(Optional.empty())
                                .targeting(Optional.empty())
                                .in(ShardState.CANCELLED, reason, event.at()));
                folded =
                        shard.node().isPresent() ? idleNode(folded, shard.node().get(), event.at()) : folded;
            }
        }
        return folded;
    }

    private static PoolState launched(PoolState state, NodeLaunched event) {
        Node.Instance instance = new Node.Instance(
                event.instanceId(), event.market(), event.pricePerHour(), event.resources(), event.at(), event.at());
        return node(
                state,
                event.node(),
                node -> (node.phase() == NodePhase.LAUNCHING ? node.in(NodePhase.JOINING, event.at()) : node)
                        .obtained(instance));
    }

    private static PoolState joined(PoolState state, NodeJoined event) {
        return node(state, event.node(), node -> switch (node.phase()) {
            case JOINING, LAUNCHING -> node.in(NodePhase.READY, event.at()).idleFrom(event.at());
            case LOST -> returned(node, event.at());
            case READY, DRAINING, ENDING -> node;
        });
    }

    /** A node that was being drained when it fell silent still is. */
    private static Node returned(Node node, Instant at) {
        boolean onlySilent = node.leaving().map(Reason::code).equals(Optional.of(Reason.Code.NODE_SILENT));
        return onlySilent
                ? node.in(NodePhase.READY, at).idleFrom(at).staying()
                : node.in(NodePhase.DRAINING, at).idleFrom(at);
    }

    private static PoolState billed(PoolState state, NodeBilled event) {
        Optional<Node> node = state.node(event.node());
        Optional<Node.Instance> instance = node.flatMap(Node::instance);
        if (instance.isEmpty()) {
            return state;
        }
        Node.Instance billed = instance.get();
        PoolState folded = state.withBooked(node.get()
                .with(new Node.Instance(
                        billed.instanceId(),
                        billed.market(),
                        event.nextPricePerHour(),
                        billed.resources(),
                        billed.launchedAt(),
                        event.to())));
        if (!event.from().isBefore(event.to())) {
            return folded;
        }
        List<Part> parts =
                event.parts().isEmpty() ? Parts.untold(state, node.get(), billed.resources()) : event.parts();
        List<Ledger.Spend> spends = Split.of(event, parts);
        for (int i = 0; i < parts.size(); i++) {
            folded = paid(folded, billed.market().capacityType(), parts.get(i), spends.get(i));
        }
        return folded;
    }

    private static PoolState paid(PoolState state, CapacityType type, Part part, Ledger.Spend spend) {
        Optional<Job> payer = part.job().flatMap(state::job);
        PoolState folded = state.withLedger(state.ledger().plus(type, part, spend, payer.map(Job::owner)));
        return payer.map(job -> folded.withBooked(job.withLedger(job.ledger().plus(type, part.category(), spend))))
                .orElse(folded);
    }

    private static PoolState targeted(PoolState state, ShardTargeted event) {
        return shard(state, event.shard(), shard -> {
            Shard targeted = shard.targeting(Optional.of(event.node()));
            ShardState next = shard.node().isPresent() ? ShardState.HANDING_OFF : shard.state();
            return targeted.in(next, event.reason(), event.at());
        });
    }

    private static PoolState targetDropped(PoolState state, TargetDropped event) {
        return shard(state, event.shard(), shard -> {
            Shard dropped = shard.targeting(Optional.empty());
            ShardState next = shard.node().isPresent() ? ShardState.RUNNING : shard.state();
            return dropped.in(next, event.reason(), event.at());
        });
    }

    private static PoolState granted(PoolState state, ShardGranted event) {
        Market market = state.node(event.node()).flatMap(Node::market).orElseThrow();
        Optional<Market> before = state.shard(event.lease().shard())
                .map(Shard::attempts)
                .filter(attempts -> !attempts.isEmpty())
                .map(attempts -> attempts.getLast().market());
        Attempt attempt = new Attempt(
                event.lease().generation(),
                event.node(),
                market,
                event.at(),
                event.resumeFrom(),
                event.reason(),
                Optional.empty(),
                Optional.empty(),
                event.resumeFrom().map(ref -> ref.step()).orElse(0));
        PoolState folded = shard(
                state,
                event.lease().shard(),
                shard -> shard.attemptEnded(event.at(), event.reason(), attempt.resumeStep())
                        .granted(attempt));
        Optional<NodeId> old = state.shard(event.lease().shard()).flatMap(Shard::node);
        folded = old.isPresent() ? idleNode(folded, old.get(), event.at()) : folded;
        boolean switchedBack =
                market.isSpot() && before.map(last -> !last.isSpot()).orElse(false);
        return switchedBack ? withSwitchBack(folded, event.lease().shard().job()) : folded;
    }

    private static PoolState withSwitchBack(PoolState state, JobId id) {
        Job job = state.job(id).orElseThrow();
        return state.withLedger(state.ledger().plusSwitchBack())
                .withBooked(job.withLedger(job.ledger().plusSwitchBack()));
    }

    private static Shard started(Shard shard, Instant at) {
        Reason reason = shard.because().orElseThrow();
        Shard stepped = shard.reached(shard.attempts().getLast().resumeStep() + 1);
        return shard.state() == ShardState.PLACED ? stepped.in(ShardState.RUNNING, reason, at) : stepped;
    }

    private static Shard detached(Shard shard, int lastStep, Reason reason, Instant at) {
        return shard.attemptEnded(at, reason, lastStep).on(Optional.empty()).in(ShardState.WAITING, reason, at);
    }

    private static Shard failed(Shard shard, ShardFailed event) {
        Shard off = shard.failedOnce()
                .attemptEnded(event.at(), event.reason(), event.lastStep())
                .on(Optional.empty())
                .targeting(Optional.empty());
        return off.in(event.isFinal() ? ShardState.FAILED : ShardState.WAITING, event.reason(), event.at());
    }

    /** Marks the node that {@code lease} left as idle, if nothing else runs there. */
    private static PoolState idle(PoolState folded, PoolState before, Lease lease, Instant at) {
        return before.shard(lease.shard())
                .flatMap(Shard::node)
                .map(node -> idleNode(folded, node, at))
                .orElse(folded);
    }

    private static PoolState idleNode(PoolState state, NodeId id, Instant at) {
        return state.index().occupancy().on(id).running() == 0 ? node(state, id, node -> node.idleFrom(at)) : state;
    }

    private static PoolState node(PoolState state, NodeId id, UnaryOperator<Node> change) {
        return state.node(id).map(node -> state.withNode(change.apply(node))).orElse(state);
    }

    private static PoolState shard(PoolState state, ShardId id, UnaryOperator<Shard> change) {
        return state.job(id.job())
                .map(job -> state.withJob(job.withShard(id.index(), change)))
                .orElse(state);
    }

    /** Changes the shard only while {@code lease} is its current one. */
    private static PoolState current(PoolState state, Lease lease, UnaryOperator<Shard> change) {
        return shard(
                state, lease.shard(), shard -> shard.lease().equals(Optional.of(lease)) ? change.apply(shard) : shard);
    }
}
