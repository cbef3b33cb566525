package dev.drover.planning;

import dev.drover.planning.event.PoolEvent.NodeDraining;
import dev.drover.planning.event.PoolEvent.NodeEnding;
import dev.drover.planning.event.PoolEvent.ShardPreempted;
import dev.drover.planning.event.PoolEvent.TargetDropped;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.Payer;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.planning.state.WorkQueue;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.ShardState;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Stops what could pass a budget before it is ended: no more of it than it takes, the reverse of the order of work, each at a
 * checkpoint. What pays from its own budget stops by itself, and its node goes where nothing else is on it; for the pool's whole
 * nodes go, idle ones first. Looked at on a tick, since it is time that spends.
 */
final class BudgetStops {
    private final Draft draft;
    private final Payer payer;

    private BudgetStops(Draft draft, Payer payer) {
        this.draft = draft;
        this.payer = payer;
    }

    static void run(Draft draft) {
        if (draft.agenda().isTick()) {
            draft.accounts().payers().forEach(payer -> new BudgetStops(draft, payer).run());
        }
    }

    private void run() {
        if (Budgets.isSpent(draft.accounts(), payer)) {
            giveUpUnsaved();
        }
        if (!isPassing()) {
            return;
        }
        switch (payer) {
            case Payer.OfJob(JobId id) -> stopShards(draft.state().job(id).stream());
            case Payer.OfOwner(String owner) ->
                stopShards(draft.state().jobsInOrder().filter(job -> job.owner().equals(owner)));
            case Payer.OfPool() -> stopNodes();
        }
    }

    /** There is nothing left to pay for saving, and it had a tick of it. */
    private void giveUpUnsaved() {
        for (Node node : draft.state().nodes().values()) {
            for (Shard shard : draft.state().runningOn(node.id())) {
                boolean late = Handoffs.isStopping(node, shard)
                        && !Budgets.isJust(Handoffs.stoppingSince(node, shard), draft.now());
                if (late && pays(shard)) {
                    Moves.detach(draft, shard, why(Budgets.hasDeadline(job(draft.state(), shard))));
                }
            }
        }
    }

    private boolean pays(Shard shard) {
        return payer instanceof Payer.OfPool
                || Budgets.payers(draft.state(), job(draft.state(), shard)).contains(payer);
    }

    private boolean isPassing() {
        return Budgets.isPassing(draft.accounts(), payer);
    }

    private void stopShards(Stream<Job> jobs) {
        Iterator<Shard> worstFirst = jobs.flatMap(job -> job.shards().stream())
                .filter(shard -> shard.isLive()
                        && (shard.node().isPresent() || shard.target().isPresent()))
                .sorted(WorkQueue.byPriority(draft.state()).reversed())
                .iterator();
        while (isPassing() && worstFirst.hasNext()) {
            stop(worstFirst.next());
        }
    }

    private static Job job(PoolState state, Shard shard) {
        return state.job(shard.id().job()).orElseThrow();
    }

    /** What is kept for it goes before it does itself. */
    private void stop(Shard shard) {
        Reason why = why(Budgets.hasDeadline(job(draft.state(), shard)));
        if (shard.target().isPresent()) {
            NodeId kept = shard.target().get();
            draft.add(new TargetDropped(shard.id(), why, draft.now()));
            endIfIdle(kept, why);
        }
        Optional<Node> on = shard.node().flatMap(draft.state()::node);
        if (on.isEmpty() || !isPassing()) {
            return;
        }
        if (shard.state() == ShardState.PLACED) {
            // It has made no step so far, so there is nothing to save.
            Moves.detach(draft, shard, why);
            endIfIdle(on.get().id(), why);
        } else if (!Handoffs.isStopping(on.get(), shard)) {
            if (isLastOn(on.get().id(), shard) && isSurplus(on.get())) {
                draft.add(new NodeDraining(on.get().id(), why, draft.now()));
            } else {
                draft.add(new ShardPreempted(shard.lease().orElseThrow(), why, draft.now()));
            }
        }
    }

    private Reason why(boolean hasDeadline) {
        return Budgets.allowance(draft.accounts(), payer, Billing.TICK).exhausted(hasDeadline);
    }

    private boolean isLastOn(NodeId node, Shard shard) {
        return draft.state().placedOn(node).stream()
                .allMatch(other -> other.id().equals(shard.id()) || other.isYielding());
    }

    /** Beyond the spares that the pool keeps. */
    private boolean isSurplus(Node node) {
        return !Room.stands(draft.state(), node)
                || draft.state().index().roster().standing() > draft.spec().minNodes();
    }

    private void endIfIdle(NodeId id, Reason why) {
        draft.state()
                .node(id)
                .filter(node -> draft.state().isIdle(id) && node.takesWork() && isSurplus(node))
                .ifPresent(node -> draft.add(new NodeDraining(id, why, draft.now())));
    }

    private void stopNodes() {
        Iterator<Node> worstFirst = draft.state().nodes().values().stream()
                .filter(node -> !Handoffs.isShed(node))
                .sorted(orderOfNodes(draft.state()).reversed())
                .iterator();
        while (isPassing() && worstFirst.hasNext()) {
            stop(worstFirst.next());
        }
    }

    /** A node is worth its best shard, and nothing without one. */
    private static Comparator<Node> orderOfNodes(PoolState state) {
        Comparator<Shard> order = WorkQueue.byPriority(state);
        return Comparator.comparing((Node node) -> state.isIdle(node.id()))
                .thenComparing(
                        node -> state.placedOn(node.id()).stream().min(order),
                        (one, other) ->
                                one.isPresent() && other.isPresent() ? order.compare(one.get(), other.get()) : 0)
                .thenComparing(Node::id);
    }

    private void stop(Node node) {
        List<Shard> placed = draft.state().placedOn(node.id());
        boolean hasDeadline = placed.stream().anyMatch(shard -> Budgets.hasDeadline(job(draft.state(), shard)));
        Reason why = why(hasDeadline);
        Moves.dropTargets(draft, node.id(), why);
        if (node.phase() == NodePhase.LOST) {
            draft.add(new NodeEnding(node.id(), why, draft.now()));
            return;
        }
        draft.state().runningOn(node.id()).stream()
                .filter(shard -> shard.state() == ShardState.PLACED)
                .forEach(shard -> Moves.detach(draft, shard, why));
        draft.add(new NodeDraining(node.id(), why, draft.now()));
    }
}
