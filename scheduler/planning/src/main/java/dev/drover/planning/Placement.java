package dev.drover.planning;

import dev.drover.planning.event.PoolEvent.NodeDraining;
import dev.drover.planning.event.PoolEvent.NodeRequested;
import dev.drover.planning.event.PoolEvent.ShardTargeted;
import dev.drover.planning.policy.CapacityPolicy;
import dev.drover.planning.policy.CapacityPolicy.Choice;
import dev.drover.planning.policy.Demand;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.planning.state.WorkQueue;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.pool.PoolSpec;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds every shard that needs one a slot: on a node there is, else on one to be launched. */
final class Placement {
    private final CapacityPolicy policy;

    Placement(CapacityPolicy policy) {
        this.policy = policy;
    }

    /** A slot on a node that is itself about to go is no slot. */
    void dropDoomedTargets(Draft draft) {
        for (Node node : draft.agenda().nodes(draft.state())) {
            if (!node.takesWork()) {
                Reason reason = node.leaving()
                        .or(() -> node.notice().map(notice -> Reports.noticed(node.id(), notice)))
                        .orElseGet(() -> Reason.of(
                                Code.NODE_DRAINED, "Node " + node.id() + " takes no work.", "node", node.id()));
                Moves.dropTargets(draft, node.id(), reason);
            }
        }
    }

    /**
     * Make before break: what runs on a leaving node gets its successor at once. Shards that are still placed move, too. Those
     * that have little time come first, then it is the order of work.
     */
    void replaceLeaving(Draft draft) {
        if (!draft.agenda().hasSupplyOrDemand()) {
            return;
        }
        Set<WorkQueue.Size> noRoom = new HashSet<>();
        for (Shard shard : unreplaced(draft.state())) {
            WorkQueue.Size size = Slots.size(draft.state(), shard);
            // What there is no room for once, there is none for in the same pass.
            if (!noRoom.contains(size)
                    && !place(draft, shard, whyLeft(left(draft.state(), shard)), Set.of())
                    && !Budgets.hasOwners(draft.state(), shard)) {
                noRoom.add(size);
            }
        }
    }

    private static List<Shard> unreplaced(PoolState state) {
        return state.index().roster().unreplaced().stream()
                .flatMap(id -> state.runningOn(id).stream())
                .filter(shard -> shard.target().isEmpty())
                .sorted(Comparator.comparing(
                                (Shard shard) -> left(state, shard).notice().isEmpty())
                        .thenComparing(WorkQueue.byPriority(state)))
                .toList();
    }

    private static Node left(PoolState state, Shard shard) {
        return shard.node().flatMap(state::node).orElseThrow();
    }

    private static Reason whyLeft(Node node) {
        return node.notice()
                .map(notice -> Reports.noticed(node.id(), notice))
                .or(node::leaving)
                .orElseThrow();
    }

    void placeWaiting(Draft draft) {
        if (draft.state().paused() || !draft.agenda().hasSupplyOrDemand()) {
            return;
        }
        Preemption preemption = new Preemption(draft);
        Set<ShardId> served = new HashSet<>();
        WorkQueue.Walk walk = draft.state().index().occupancy().queue().walk();
        for (Optional<ShardId> next = next(draft, walk); next.isPresent(); next = next(draft, walk)) {
            Shard shard = draft.state().shard(next.get()).orElseThrow();
            boolean isDue = !draft.now().isBefore(Waiting.retryAt(draft.spec(), shard));
            if (isDue && !served.contains(shard.id())) {
                List<Shard> together = Gangs.with(draft.state(), shard);
                boolean found = placeTogether(draft, together, preemption.claimedNodes());
                if (!found && !preemption.makeRoom(together)) {
                    leave(draft, walk, shard);
                }
                together.forEach(one -> served.add(one.id()));
            }
        }
    }

    /** Who found nothing for want of his owner's money says nothing about the others. */
    private static void leave(Draft draft, WorkQueue.Walk walk, Shard shard) {
        if (Budgets.hasOwners(draft.state(), shard)) {
            walk.leaveLine();
        } else {
            walk.leaveSize();
        }
    }

    private static Optional<ShardId> next(Draft draft, WorkQueue.Walk walk) {
        return walk.next(draft.state().index().occupancy());
    }

    /** Finds a slot for each, or for none. */
    private boolean placeTogether(Draft draft, List<Shard> shards, Set<NodeId> taken) {
        if (shards.size() == 1) {
            return place(draft, shards.getFirst(), shards.getFirst().cause().orElse(Grants.FIRST), taken);
        }
        Draft trial = draft.trial();
        boolean all = shards.stream().allMatch(shard -> place(trial, shard, Grants.FIRST, taken))
                && (!Gangs.isLeftAlone(draft, shards.getFirst()) || !trial.asksForNodes());
        if (all) {
            draft.add(trial);
        }
        return all;
    }

    /** Finds the shard a slot on none of the nodes that are {@code taken}. */
    private boolean place(Draft draft, Shard shard, Reason why, Set<NodeId> taken) {
        find(draft, shard, why, Optional.empty(), taken);
        return draft.state().shard(shard.id()).flatMap(Shard::target).isPresent();
    }

    /**
     * What runs where it would now rather not be moves: back to spot, to what keeps its deadline, or nowhere. Nobody waits for it,
     * so a tick is soon enough.
     */
    void reconsider(Draft draft) {
        if (draft.state().paused() || !draft.agenda().isTick()) {
            return;
        }
        for (Node node : draft.agenda().nodes(draft.state())) {
            if (node.phase() != NodePhase.READY || node.notice().isPresent()) {
                continue;
            }
            List<Shard> shards = draft.state().runningOn(node.id());
            if (node.isSpot()) {
                for (Shard shard : shards) {
                    if (isSettled(shard) && Pacing.hasDeadline(draft.state(), shard)) {
                        offSpot(draft, node, shard);
                    }
                }
            } else if (!shards.isEmpty() && shards.stream().allMatch(Placement::isSettled)) {
                offDemand(draft, node, shards);
            }
        }
    }

    private static boolean isSettled(Shard shard) {
        return shard.state() == ShardState.RUNNING && shard.target().isEmpty();
    }

    private void offSpot(Draft draft, Node node, Shard shard) {
        if (ask(draft, node, shard).orElse(null) instanceof Choice.Launch launch) {
            find(draft, shard, launch.because(), Optional.of(launch), Set.of());
        }
    }

    /** A node that one shard stays on is paid for in any case. */
    private void offDemand(Draft draft, Node node, List<Shard> shards) {
        Map<Shard, Choice> choices = new LinkedHashMap<>();
        for (Shard shard : shards) {
            Optional<Choice> choice = ask(draft, node, shard);
            if (choice.isEmpty()) {
                return;
            }
            choices.put(shard, choice.get());
        }
        boolean moved = false;
        for (Map.Entry<Shard, Choice> entry : choices.entrySet()) {
            if (entry.getValue() instanceof Choice.Launch launch) {
                find(draft, entry.getKey(), launch.because(), Optional.of(launch), Set.of());
                moved = true;
            }
        }
        if (!moved && choices.get(shards.getFirst()) instanceof Choice.Wait(Reason because)) {
            draft.add(new NodeDraining(node.id(), because, draft.now()));
        }
    }

    /** What a rebalance signal asks for, as the pool wants it. It is no notice, so a tick is soon enough. */
    void rebalance(Draft draft) {
        if (draft.state().paused() || !draft.agenda().isTick()) {
            return;
        }
        switch (draft.spec().buying().rebalance().mode()) {
            case IGNORE -> {}
            case PREPARE -> prepareSuccessors(draft);
            case MOVE -> moveSignalled(draft);
        }
    }

    private void prepareSuccessors(Draft draft) {
        Set<Market> signalled = Rebalancing.signalledMarkets(draft);
        Rebalancing.spares(draft).missing().forEach((node, shard) -> {
            List<Market> markets = elsewhere(draft, shard, signalled);
            if (!markets.isEmpty() && Room.isLeft(draft.state(), Optional.empty())) {
                Reason because = Rebalancing.reason(draft, node, "one is kept ready in its place.");
                draft.add(new NodeRequested(nextNode(draft), markets, because, draft.now()));
            }
        });
    }

    /** Make before break; what finds no spot elsewhere, or is refused it, stays. */
    private void moveSignalled(Draft draft) {
        Set<Market> signalled = Rebalancing.signalledMarkets(draft);
        for (Node node : Rebalancing.due(draft)) {
            for (Shard shard : draft.state().runningOn(node.id())) {
                if (isSettled(shard) && Rebalancing.mayMove(draft, shard)) {
                    moveTo(draft, node, shard, elsewhere(draft, shard, signalled));
                }
            }
        }
    }

    private void moveTo(Draft draft, Node from, Shard shard, List<Market> markets) {
        if (!markets.isEmpty()) {
            Reason because = Rebalancing.reason(draft, from, "its shards move to spot elsewhere.");
            Set<NodeId> others = draft.state().nodes().values().stream()
                    .filter(node -> !markets.containsAll(Rebalancing.markets(node)))
                    .map(Node::id)
                    .collect(Collectors.toSet());
            find(draft, shard, because, Optional.of(new Choice.Launch(markets, because)), others);
        }
    }

    private List<Market> elsewhere(Draft draft, Shard shard, Set<Market> signalled) {
        Demand demand = Demands.of(draft.state(), draft.accounts(), draft.seen(), shard, draft.now());
        return policy.spotElsewhere(draft.spec(), demand, signalled, draft.seen(), draft.now());
    }

    private Optional<Choice> ask(Draft draft, Node node, Shard shard) {
        Demand demand = Demands.of(draft.state(), draft.accounts(), draft.seen(), shard, draft.now());
        return policy.reconsider(draft.spec(), node, demand, draft.seen(), draft.now());
    }

    /** Launches spares up to the pool's minimum. */
    void keepWarm(Draft draft) {
        if (draft.state().paused() || !draft.agenda().hasSupplyOrDemand()) {
            return;
        }
        int missing = Math.min(draft.spec().minNodes(), draft.spec().maxNodes())
                - draft.state().index().roster().standing();
        for (int i = 0; i < missing; i++) {
            Reason because = Reason.of(
                    Code.WARM_SPARE,
                    "The pool keeps at least " + draft.spec().minNodes() + " nodes.",
                    "minNodes",
                    draft.spec().minNodes());
            anyNode(draft)
                    .ifPresent(launch ->
                            draft.add(new NodeRequested(nextNode(draft), launch.markets(), because, draft.now())));
        }
    }

    /** A spare is for no shard in particular: the first kind of accelerator that the policy can buy will do. */
    private Optional<Choice.Launch> anyNode(Draft draft) {
        return draft.seen().offers().values().stream()
                .map(offer -> offer.resources().accelerator())
                .distinct()
                .map(accelerator -> policy.choose(
                        draft.spec(),
                        Demands.ofSpare(draft.state(), draft.accounts(), accelerator),
                        draft.seen(),
                        draft.now()))
                .filter(Choice.Launch.class::isInstance)
                .map(Choice.Launch.class::cast)
                .findFirst();
    }

    /**
     * Finds the shard a slot, if there is one to be had. A node that alone could not bring back its checkpoint, and one that is
     * left for its rebalance signal, come last, even after one to be launched.
     *
     * @param taken nodes that will not do: their slots are others', or they are where nothing is to go
     * @param instead markets to launch in, and the only ones whose nodes will do; absent leaves it to the policy
     */
    private void find(Draft draft, Shard shard, Reason why, Optional<Choice.Launch> instead, Set<NodeId> taken) {
        Predicate<Node> suitable = node -> instead.filter(launch -> launch.isSpot() != node.isSpot())
                        .isEmpty()
                && !taken.contains(node.id())
                && !shard.node().equals(Optional.of(node.id()))
                && Budgets.refusal(draft.accounts(), draft.seen(), shard, node).isEmpty();
        Predicate<Node> shunned = node -> Restores.isShunned(shard, node.id()) || Rebalancing.isToBeLeft(draft, node);
        Optional<Node> node = firstWithRoom(draft, shard, suitable.and(shunned.negate()));
        if (node.isPresent()) {
            draft.add(new ShardTargeted(shard.id(), node.get().id(), why, draft.now()));
            return;
        }
        if (Room.isLeft(draft.state(), instead.flatMap(launch -> shard.node()))) {
            Choice choice = instead.<Choice>map(launch -> launch)
                    .orElseGet(() -> policy.choose(
                            draft.spec(),
                            Demands.of(draft.outset(), draft.accounts(), draft.seen(), shard, draft.now()),
                            draft.seen(),
                            draft.now()));
            if (choice instanceof Choice.Launch(List<Market> markets, Reason because)) {
                NodeId id = nextNode(draft);
                draft.add(new NodeRequested(id, markets, because, draft.now()));
                draft.add(new ShardTargeted(shard.id(), id, shard.generation() == 0 ? because : why, draft.now()));
                return;
            }
        }
        firstWithRoom(draft, shard, suitable.and(shunned))
                .ifPresent(last -> draft.add(new ShardTargeted(shard.id(), last.id(), why, draft.now())));
    }

    private static Optional<Node> firstWithRoom(Draft draft, Shard shard, Predicate<Node> suitable) {
        return Slots.firstWithRoom(draft.state(), draft.seen(), shard, suitable, Restores.failedOn(shard));
    }

    static Reason full(PoolSpec spec) {
        return Reason.of(
                Code.POOL_FULL,
                "All %d nodes that the pool may have are in use; an operator can scale it.".formatted(spec.maxNodes()),
                "maxNodes",
                spec.maxNodes());
    }

    private static NodeId nextNode(Draft draft) {
        return new NodeId(draft.spec().name() + "-n" + (draft.state().nodesRequested() + 1));
    }
}
