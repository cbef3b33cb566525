package dev.drover.planning;

import dev.drover.planning.state.Attempt;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.pool.RebalanceMode;
import dev.drover.protocol.pool.RebalanceSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which rebalance signals count: those that have held for long enough, of spot nodes that the cloud may take. A signal is no
 * notice: many nodes that have one are never taken, so nothing here ends or delays what runs.
 */
final class Rebalancing {
    private Rebalancing() {}

    /**
     * Idle nodes and the signalled nodes with work that each waits for.
     *
     * @param kept the idle nodes
     * @param missing the signalled nodes without one, each with a shard that the one to come must hold
     */
    record Spares(Set<NodeId> kept, Map<Node, Shard> missing) {}

    /** The nodes whose signal counts, by id. */
    static List<Node> due(Draft draft) {
        return draft.state().nodes().values().stream()
                .filter(node -> isDue(draft, node))
                .toList();
    }

    private static boolean isDue(Draft draft, Node node) {
        RebalanceSpec rule = draft.spec().buying().rebalance();
        return draft.seen()
                        .rebalanceSince(node.id())
                        .filter(since -> !draft.now().isBefore(since.plus(rule.after())))
                        .isPresent()
                && node.phase() == NodePhase.READY
                && node.notice().isEmpty()
                && node.isSpot()
                && !node.isProtected(draft.spec().buying().protectedTime(), draft.now());
    }

    /** Where nodes have a signal, however short or early: nothing is moved there. */
    static Set<Market> signalledMarkets(Draft draft) {
        return draft.state().nodes().values().stream()
                .filter(node -> draft.seen().rebalanceSince(node.id()).isPresent())
                .flatMap(node -> markets(node).stream())
                .collect(Collectors.toSet());
    }

    /** Where the node is, or may come to be. */
    static List<Market> markets(Node node) {
        return node.market().map(List::of).orElse(node.wanted());
    }

    /** A shard that has just come is not sent on: signals that go round do not make it go round, too. */
    static boolean mayMove(Draft draft, Shard shard) {
        Duration rest = draft.spec().switchBack().after();
        return shard.lastAttempt()
                .map(Attempt::grantedAt)
                .filter(granted -> !draft.now().isBefore(granted.plus(rest)))
                .isPresent();
    }

    /** Whether what runs on the node moves for its signal: what is new goes there only where it can have nothing else. */
    static boolean isToBeLeft(Draft draft, Node node) {
        return draft.spec().buying().rebalance().mode() == RebalanceMode.MOVE && isDue(draft, node);
    }

    /** Whether the node was left for its signal and serves nobody any more. */
    static boolean isLeft(Draft draft, Node node) {
        return node.idleSince().isAfter(node.since()) && isToBeLeft(draft, node);
    }

    /** Whether the idle node waits for a signalled one's notice. Who waits for whom is looked at on a tick. */
    static boolean isKept(Draft draft, Node idle) {
        return draft.spec().buying().rebalance().mode() == RebalanceMode.PREPARE
                && (!draft.agenda().isTick() || spares(draft).kept().contains(idle.id()));
    }

    static Spares spares(Draft draft) {
        PoolState state = draft.state();
        Set<Market> signalled = signalledMarkets(draft);
        List<Node> idle = state.idleNodes().stream()
                .filter(node -> node.takesWork()
                        && node.isSpot()
                        && markets(node).stream().noneMatch(signalled::contains))
                .toList();
        Spares spares = new Spares(new HashSet<>(), new LinkedHashMap<>());
        for (Node node : due(draft)) {
            Optional<Shard> staying = state.runningOn(node.id()).stream()
                    .filter(shard -> shard.target().isEmpty())
                    .findFirst();
            staying.ifPresent(shard -> idle.stream()
                    .filter(spare ->
                            !spares.kept.contains(spare.id()) && Slots.hasRoom(state, draft.seen(), spare.id(), shard))
                    .findFirst()
                    .ifPresentOrElse(spare -> spares.kept.add(spare.id()), () -> spares.missing.put(node, shard)));
        }
        return spares;
    }

    static Reason reason(Draft draft, Node node, String then) {
        Instant since = draft.seen().rebalanceSince(node.id()).orElse(draft.now());
        long seconds = Duration.between(since, draft.now()).toSeconds();
        return Reason.of(
                Code.REBALANCE,
                "The cloud has said for %d s that node %s is more likely than others to be taken: %s"
                        .formatted(seconds, node.id(), then),
                "node",
                node.id(),
                "since",
                since);
    }
}
