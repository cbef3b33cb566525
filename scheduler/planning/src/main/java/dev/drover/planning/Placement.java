package dev.drover.planning;

import dev.drover.planning.event.PoolEvent.NodeRequested;
import dev.drover.planning.event.PoolEvent.ShardTargeted;
import dev.drover.planning.policy.CapacityPolicy;
import dev.drover.planning.policy.CapacityPolicy.Choice;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.pool.PoolSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds every shard that needs one a slot: on a node there is, else on one to be launched. */
final class Placement {
    private final CapacityPolicy policy;

    Placement(CapacityPolicy policy) {
        this.policy = policy;
    }

    /** A slot on a node that is itself about to go is no slot. */
    void dropDoomedTargets(Draft draft) {
        for (Node node : List.copyOf(draft.state().nodes().values())) {
            if (!node.takesWork()) {
                Reason reason = node.leaving()
                        .or(() -> node.notice().map(notice -> Reports.noticed(node.id(), notice)))
                        .orElseGet(() -> Reason.of(
                                Code.NODE_DRAINED, "Node " + node.id() + " takes no work.", "node", node.id()));
                Moves.dropTargets(draft, node.id(), reason);
            }
        }
    }

    /** Make before break: what runs on a leaving node gets its successor at once. Shards that are still placed move, too. */
    void replaceLeaving(Draft draft) {
        for (Node node : List.copyOf(draft.state().nodes().values())) {
            if (node.isLeaving() && node.phase() != NodePhase.ENDING) {
                Reason why = node.notice()
                        .map(notice -> Reports.noticed(node.id(), notice))
                        .or(node::leaving)
                        .orElseThrow();
                for (Shard shard : draft.state().runningOn(node.id())) {
                    if (shard.target().isEmpty()) {
                        find(draft, shard, why, Optional.empty());
                    }
                }
            }
        }
    }

    void placeWaiting(Draft draft) {
        if (draft.state().paused()) {
            return;
        }
        for (Shard shard : draft.state().liveShards().toList()) {
            if (shard.needsNode() && !draft.now().isBefore(Waiting.retryAt(draft.spec(), shard))) {
                find(draft, shard, shard.because().orElse(Grants.FIRST), Optional.empty());
            }
        }
    }

    /** What runs on demand goes back to spot where the policy says it pays. */
    void switchBack(Draft draft) {
        for (Node node : List.copyOf(draft.state().nodes().values())) {
            List<Shard> shards = draft.state().runningOn(node.id());
            boolean settled = node.phase() == NodePhase.READY
                    && node.notice().isEmpty()
                    && !shards.isEmpty()
                    && shards.stream()
                            .allMatch(shard -> shard.state() == ShardState.RUNNING
                                    && shard.target().isEmpty());
            if (!settled) {
                continue;
            }
            Resources need = need(draft.state(), shards.getFirst());
            policy.switchBack(draft.spec(), node, need, draft.seen(), draft.now())
                    .ifPresent(choice ->
                            shards.forEach(shard -> find(draft, shard, choice.because(), Optional.of(choice))));
        }
    }

    /** Launches spares up to the pool's minimum. */
    void keepWarm(Draft draft) {
        if (draft.state().paused()) {
            return;
        }
        Resources any = new Resources("cpu", 1, new ByteSize(0));
        Resources need = draft.seen().offers().values().stream()
                .map(Offer::resources)
                .findFirst()
                .map(has -> new Resources(has.accelerator(), 1, new ByteSize(0)))
                .orElse(any);
        long missing = Math.min(draft.spec().minNodes(), draft.spec().maxNodes()) - standing(draft.state());
        for (long i = 0; i < missing; i++) {
            if (policy.choose(draft.spec(), need, draft.seen(), draft.now()) instanceof Choice.Launch launch) {
                Reason because = Reason.of(
                        Code.WARM_SPARE,
                        "The pool keeps at least " + draft.spec().minNodes() + " nodes.",
                        "minNodes",
                        draft.spec().minNodes());
                draft.add(new NodeRequested(nextNode(draft), launch.markets(), because, draft.now()));
            }
        }
    }

    /**
     * Finds the shard a slot, if there is one to be had.
     *
     * @param instead markets to launch in, and the only ones whose nodes will do; absent leaves it to the policy
     */
    private void find(Draft draft, Shard shard, Reason why, Optional<Choice.Launch> instead) {
        Predicate<Node> suitable = node -> instead.isEmpty() || node.isSpot();
        Optional<Node> node = draft.state().nodes().values().stream()
                .filter(Node::takesWork)
                .filter(suitable)
                .filter(candidate -> !shard.node().equals(Optional.of(candidate.id())))
                .filter(candidate -> Slots.free(draft.state(), draft.seen(), candidate.id(), shard) > 0)
                .min(Comparator.comparing(Node::phase, Comparator.reverseOrder())
                        .thenComparing(candidate -> !candidate.isSpot())
                        .thenComparing(Node::id));
        if (node.isPresent()) {
            draft.add(new ShardTargeted(shard.id(), node.get().id(), why, draft.now()));
            return;
        }
        if (hasRoom(draft)) {
            Choice choice = instead.<Choice>map(launch -> launch)
                    .orElseGet(
                            () -> policy.choose(draft.spec(), need(draft.state(), shard), draft.seen(), draft.now()));
            if (choice instanceof Choice.Launch(List<Market> markets, Reason because)) {
                NodeId id = nextNode(draft);
                draft.add(new NodeRequested(id, markets, because, draft.now()));
                draft.add(new ShardTargeted(shard.id(), id, shard.generation() == 0 ? because : why, draft.now()));
            }
        }
    }

    static Reason full(PoolSpec spec) {
        return Reason.of(
                Code.POOL_FULL,
                "All %d nodes that the pool may have are in use; an operator can scale it.".formatted(spec.maxNodes()),
                "maxNodes",
                spec.maxNodes());
    }

    /** Nodes that are being left do not count: their successors must come up before they go. */
    static boolean hasRoom(Draft draft) {
        return standing(draft.state()) < draft.spec().maxNodes();
    }

    private static long standing(PoolState state) {
        return state.nodes().values().stream()
                .filter(Node::takesWork)
                .filter(node -> !isBeingLeft(state, node))
                .count();
    }

    private static boolean isBeingLeft(PoolState state, Node node) {
        List<Shard> shards = state.runningOn(node.id());
        return !shards.isEmpty()
                && !node.isSpot()
                && shards.stream()
                        .allMatch(shard -> shard.state() == ShardState.HANDING_OFF
                                || shard.because().map(Reason::code).equals(Optional.of(Code.SWITCH_BACK)));
    }

    private static Resources need(PoolState state, Shard shard) {
        return state.job(shard.id().job()).map(Job::spec).orElseThrow().resources();
    }

    private static NodeId nextNode(Draft draft) {
        return new NodeId(draft.spec().name() + "-n" + (draft.state().nodesRequested() + 1));
    }
}
