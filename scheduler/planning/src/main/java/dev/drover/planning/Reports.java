package dev.drover.planning;

import dev.drover.planning.event.PoolEvent.NodeJoined;
import dev.drover.planning.event.PoolEvent.NodeNoticed;
import dev.drover.planning.event.PoolEvent.ShardAdopted;
import dev.drover.planning.event.PoolEvent.ShardCaughtUp;
import dev.drover.planning.event.PoolEvent.ShardDetached;
import dev.drover.planning.event.PoolEvent.ShardFailed;
import dev.drover.planning.event.PoolEvent.ShardStarted;
import dev.drover.planning.event.PoolEvent.ShardSucceeded;
import dev.drover.planning.event.PoolEvent.ShardTargeted;
import dev.drover.planning.state.Attempt;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.ShardState;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Takes an agent's status. It says how every lease on the node stands; what concerns the current lease of a shard becomes
 * events, the rest is fenced by {@link Outstanding}.
 */
final class Reports {
    private Reports() {}

    static void take(Draft draft, AgentReport.Status status, List<Intent> once) {
        Optional<Node> known = draft.state().node(status.node());
        if (known.isEmpty() || draft.state().spec().isEmpty()) {
            once.add(tell(
                    status.node(),
                    new AgentCommand.Refuse("node " + status.node() + " is not, or no longer, a member of this pool")));
            return;
        }
        // A status that was passed over as stale is not taken either.
        if (!draft.seen().isNews(status, draft.now())) {
            return;
        }
        if (known.get().phase() == NodePhase.ENDING) {
            return;
        }
        arrived(draft, known.get(), status);
        for (ShardStatus shard : status.shards()) {
            take(draft, status.node(), shard);
        }
        missing(draft, status);
        if (!holdsOn(draft, status)) {
            once.add(welcome(draft, status.node()));
        }
    }

    private static Intent welcome(Draft draft, NodeId node) {
        return tell(
                node,
                new AgentCommand.Welcome(
                        draft.state().lease(), draft.spec().agentsPreferWarm(), Budgets.runUntil(draft, node)));
    }

    /**
     * Whether the node still trains what is no longer its to train. It is not renewed before it has let that go: a member may
     * delete old checkpoints, and what a zombie takes for old its successor may continue from.
     */
    private static boolean holdsOn(Draft draft, AgentReport.Status status) {
        Node node = draft.state().node(status.node()).orElseThrow();
        for (ShardStatus shard : status.shards()) {
            if (isTraining(shard.phase()) && Outstanding.isOver(draft.state(), node, shard.lease())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isTraining(ShardStatus.Phase phase) {
        return switch (phase) {
            case STARTING, RUNNING, STOPPING -> true;
            case PREPARING, PREPARED, STOPPED, DONE, FAILED, RESTORE_FAILED -> false;
        };
    }

    private static void arrived(Draft draft, Node node, AgentReport.Status status) {
        boolean joins = node.phase() == NodePhase.LAUNCHING
                || node.phase() == NodePhase.JOINING
                || node.phase() == NodePhase.LOST;
        if (joins) {
            draft.add(new NodeJoined(node.id(), status.incarnation(), draft.now()));
        }
        EvictionNotice notice = status.notice();
        boolean sooner = notice != null
                && node.notice()
                        .filter(known -> !notice.endsAt().isBefore(known.endsAt()))
                        .isEmpty();
        if (notice != null && sooner) {
            draft.add(new NodeNoticed(node.id(), notice, draft.now()));
        }
    }

    private static void take(Draft draft, NodeId node, ShardStatus status) {
        Lease lease = status.lease();
        Optional<Shard> shard = draft.state().shard(lease.shard()).filter(Shard::isLive);
        if (shard.isEmpty() || shard.get().generation() != lease.generation()) {
            return;
        }
        if (isAtWork(status) && Adoption.isOpen(draft.state(), shard.get(), lease, node)) {
            draft.add(new ShardAdopted(lease, node, draft.now()));
        } else if (!shard.get().node().equals(Optional.of(node))) {
            return;
        }
        current(draft, node, draft.state().shard(lease.shard()).orElseThrow(), status);
    }

    private static boolean isAtWork(ShardStatus status) {
        return switch (status.phase()) {
            case STARTING, RUNNING, DONE -> true;
            case PREPARING, PREPARED, STOPPING, STOPPED, FAILED, RESTORE_FAILED -> false;
        };
    }

    private static void current(Draft draft, NodeId node, Shard shard, ShardStatus status) {
        Lease lease = status.lease();
        switch (status.phase()) {
            case PREPARING, PREPARED, STOPPING -> {}
            case STARTING -> starting(draft, node, shard, status);
            case RUNNING -> stepped(draft, shard, lease, status.step());
            case STOPPED -> stopped(draft, node, shard, status);
            case DONE -> done(draft, shard, status);
            case FAILED -> failed(draft, shard, status);
            case RESTORE_FAILED -> restoreFailed(draft, node, shard, status);
        }
    }

    private static void done(Draft draft, Shard shard, ShardStatus status) {
        Optional<CheckpointRef> checkpoint = Optional.ofNullable(status.checkpoint());
        int step = checkpoint.map(CheckpointRef::step).orElse(0);
        if (checkpoint.map(last -> isLastWord(shard, last)).orElse(status.step() == 0)) {
            String how = step == 0 ? "It is done, and made no steps." : "All " + step + " steps are made and saved.";
            Reason reason = Reason.of(Code.COMPLETED, how, "step", step);
            draft.add(new ShardSucceeded(status.lease(), checkpoint, reason, draft.now()));
        }
    }

    /** Published under this lease; or what it continued from, where that was already complete. */
    private static boolean isLastWord(Shard shard, CheckpointRef checkpoint) {
        return shard.lease().equals(Optional.of(checkpoint.lease()))
                || shard.lastAttempt().flatMap(Attempt::resumeFrom).equals(Optional.of(checkpoint));
    }

    private static void stepped(Draft draft, Shard shard, Lease lease, int step) {
        Attempt attempt = shard.attempts().getLast();
        if (!attempt.hasStarted() && step > attempt.resumeStep()) {
            draft.add(new ShardStarted(lease, draft.now()));
        }
        Shard started = draft.state().shard(shard.id()).orElseThrow();
        if (started.isRedoing() && step >= started.highestStepBefore()) {
            draft.add(new ShardCaughtUp(lease, step, draft.now()));
        }
    }

    private static void stopped(Draft draft, NodeId node, Shard shard, ShardStatus status) {
        Reason reason = shard.state() == ShardState.HANDING_OFF
                ? shard.because().orElse(Grants.FIRST)
                : draft.state()
                        .node(node)
                        .flatMap(known ->
                                known.leaving().or(() -> known.notice().map(notice -> noticed(node, notice))))
                        .orElseGet(() -> Reason.of(
                                Code.NODE_TERMINATED,
                                "The agent of node " + node + " stopped the shard.",
                                "node",
                                node));
        draft.add(new ShardDetached(status.lease(), status.step(), reason, draft.now()));
    }

    static Reason noticed(NodeId node, EvictionNotice notice) {
        return Reason.of(
                Code.EVICTION_NOTICE,
                "Node %s is being evicted: it ends at %s (%s)."
                        .formatted(node, notice.endsAt().truncatedTo(ChronoUnit.SECONDS), notice.source()),
                "node",
                node,
                "endsAt",
                notice.endsAt(),
                "source",
                notice.source());
    }

    private static void failed(Draft draft, Shard shard, ShardStatus status) {
        int allowed = draft.state()
                .job(shard.id().job())
                .map(Job::spec)
                .map(spec -> spec.retries())
                .orElse(0);
        boolean isFinal = shard.failures() + 1 > allowed;
        String why = Optional.ofNullable(status.reason()).orElse("the program gave no reason");
        Reason reason = Reason.of(
                Code.PROGRAM_FAILED,
                "The program failed at step %d, failure %d of %d allowed: %s"
                        .formatted(status.step(), shard.failures() + 1, allowed + 1, why),
                "step",
                status.step(),
                "failures",
                shard.failures() + 1,
                "retries",
                allowed);
        draft.add(new ShardFailed(status.lease(), status.step(), reason, isFinal, draft.now()));
    }

    /** The same node tries again at once, unless the store shows that the checkpoint is valid ({@link Restores}). */
    private static void restoreFailed(Draft draft, NodeId node, Shard shard, ShardStatus status) {
        Optional<CheckpointRef> from = shard.lastAttempt().flatMap(Attempt::resumeFrom);
        if (from.isEmpty()) {
            failed(draft, shard, status);
            return;
        }
        Reason reason = notRestored(node, from.get(), status);
        draft.add(new ShardDetached(status.lease(), Moves.lastStep(draft, shard), reason, draft.now()));
        if (shard.target().isEmpty()) {
            draft.add(new ShardTargeted(status.lease().shard(), node, reason, draft.now()));
        }
    }

    private static void starting(Draft draft, NodeId node, Shard shard, ShardStatus status) {
        if (Restores.isStuck(shard, status, draft.now())) {
            CheckpointRef from =
                    shard.lastAttempt().flatMap(Attempt::resumeFrom).orElseThrow();
            Reason reason = notRestored(node, from, status);
            draft.add(new ShardDetached(status.lease(), Moves.lastStep(draft, shard), reason, draft.now()));
        }
    }

    private static Reason notRestored(NodeId node, CheckpointRef from, ShardStatus status) {
        return Reason.of(
                Code.RESTORE_FAILED,
                "Node %s could not bring back the checkpoint of step %d: %s."
                        .formatted(
                                node,
                                from.step(),
                                Optional.ofNullable(status.reason()).orElse("it gave no reason")),
                "node",
                node,
                "step",
                from.step(),
                "generation",
                from.lease().generation());
    }

    /** A lease that had started and that the agent no longer knows was lost with an earlier life of the agent. */
    private static void missing(Draft draft, AgentReport.Status status) {
        for (Shard shard : draft.state().runningOn(status.node())) {
            Lease lease = shard.lease().orElseThrow();
            if (shard.state() != ShardState.PLACED && !isListed(status, lease)) {
                Reason reason = Reason.of(
                        Code.NODE_TERMINATED,
                        "The agent of node %s came back without %s.".formatted(status.node(), lease),
                        "node",
                        status.node());
                draft.add(new ShardDetached(lease, Moves.lastStep(draft, shard), reason, draft.now()));
            }
        }
    }

    private static boolean isListed(AgentReport.Status status, Lease lease) {
        return status.shards().stream().anyMatch(shard -> shard.lease().equals(lease));
    }

    private static Intent tell(NodeId node, AgentCommand command) {
        return new Intent.TellAgent(node, command);
    }
}
