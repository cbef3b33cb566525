package dev.drover.planning;

import dev.drover.planning.event.PoolEvent.NodeDraining;
import dev.drover.planning.event.PoolEvent.NodeEnding;
import dev.drover.planning.event.PoolEvent.NodeLost;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Who belongs to the pool: silent nodes are lost, surplus ones drained, unneeded ones ended. */
final class Membership {
    /** A launched instance whose agent has not registered by then never will. */
    static final Duration JOIN_WITHIN = Duration.ofMinutes(3);

    /** A lost node that comes back within this many leases is taken back; then its instance is ended, unless it has work that nobody took over. */
    static final int ABANDON_AFTER_LEASES = 4;

    void loseSilentNodes(Draft draft) {
        Duration lease = draft.spec().lease().length();
        for (Node node : draft.agenda().nodes(draft.state())) {
            boolean member = node.phase() == NodePhase.READY
                    || (node.phase() == NodePhase.DRAINING
                            && !draft.state().runningOn(node.id()).isEmpty());
            Duration silence = draft.seen().silence(node.id(), draft.now());
            if (member && silence.compareTo(lease) > 0) {
                Reason reason = Reason.of(
                        Code.NODE_SILENT,
                        "Node %s has been silent for %d s, longer than its lease of %d s."
                                .formatted(node.id(), silence.toSeconds(), lease.toSeconds()),
                        "node",
                        node.id(),
                        "silenceSeconds",
                        silence.toSeconds(),
                        "leaseSeconds",
                        lease.toSeconds());
                Moves.detachAll(draft, node.id(), reason);
                Moves.dropTargets(draft, node.id(), reason);
                draft.add(new NodeLost(node.id(), reason, draft.now()));
            }
        }
    }

    /** An instance that runs and whose agent never registered: what was promised its slots goes elsewhere. */
    void giveUpJoining(Draft draft) {
        for (Node node : draft.agenda().nodes(draft.state())) {
            if (node.phase() == NodePhase.JOINING && waited(draft, node).compareTo(JOIN_WITHIN) >= 0) {
                Reason reason = Reason.of(
                        Code.NEVER_JOINED,
                        "The agent of node %s did not register within %d s of its launch; its log says why."
                                .formatted(node.id(), JOIN_WITHIN.toSeconds()),
                        "node",
                        node.id());
                Moves.dropTargets(draft, node.id(), reason);
                draft.add(new NodeEnding(node.id(), reason, draft.now()));
            }
        }
    }

    /** How long the node is in its phase under our eyes: while no controller ran, nobody could have heard of it. */
    private static Duration waited(Draft draft, Node node) {
        Instant watched = draft.seen().since();
        return Duration.between(node.since().isBefore(watched) ? watched : node.since(), draft.now());
    }

    /** When the pool was scaled below what it has: the nodes with the least work go first, then those that the cloud may take, then the youngest. */
    void drainSurplus(Draft draft) {
        PoolState state = draft.state();
        int surplus = state.index().roster().standing() - draft.spec().maxNodes();
        if (surplus <= 0 || !draft.agenda().hasSupplyOrDemand()) {
            return;
        }
        state.index()
                .roster()
                .standingNodes()
                .map(state::node)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparingInt(
                                (Node node) -> state.placedOn(node.id()).size())
                        .thenComparing(
                                node -> node.isProtected(draft.spec().buying().protectedTime(), draft.now()))
                        .thenComparing(Node::requestedAt, Comparator.reverseOrder()))
                .filter(node -> state.targeting(node.id()).stream()
                        .noneMatch(shard -> shard.node().isPresent()))
                .limit(surplus)
                .forEach(node -> {
                    Reason reason = state.isIdle(node.id())
                            ? whyEndIdle(draft, node).orElseGet(() -> scaledDown(draft.spec()))
                            : scaledDown(draft.spec());
                    Moves.dropTargets(draft, node.id(), reason);
                    draft.add(new NodeDraining(node.id(), reason, draft.now()));
                });
    }

    private static Reason scaledDown(PoolSpec spec) {
        return Reason.of(
                Code.SCALED_DOWN,
                "The pool is scaled to at most " + spec.maxNodes() + " nodes.",
                "maxNodes",
                spec.maxNodes());
    }

    /** How many nodes the pool keeps decides on each idle one, so all of them are looked at when nodes come and go. */
    void endUnneeded(Draft draft) {
        List<Node> idle = draft.agenda().hasSupplyOrDemand()
                ? draft.state().idleNodes()
                : draft.agenda().nodes(draft.state());
        PoolState state = draft.state();
        for (Node node : idle) {
            if (state.isIdle(node.id())) {
                whyEnd(draft, node).ifPresent(because -> draft.add(new NodeEnding(node.id(), because, draft.now())));
            }
        }
    }

    private static Optional<Reason> whyEnd(Draft draft, Node node) {
        if (node.instance().isEmpty()) {
            // The launch may already have worked: the node is ended once its outcome is known, and so nothing leaks.
            return Optional.empty();
        }
        return switch (node.phase()) {
            case LAUNCHING, JOINING, ENDING -> Optional.empty();
            case READY -> node.notice().map(notice -> noticed(node, notice)).or(() -> whyEndIdle(draft, node));
            case DRAINING -> node.leaving();
            case LOST -> abandoned(draft, node);
        };
    }

    private static Reason noticed(Node node, EvictionNotice notice) {
        return Reports.noticed(node.id(), notice);
    }

    private static Optional<Reason> abandoned(Draft draft, Node node) {
        LeaseSpec lease = draft.spec().lease();
        Duration few = lease.length().multipliedBy(ABANDON_AFTER_LEASES);
        Duration waited = waited(draft, node);
        if (waited.compareTo(few) < 0) {
            return Optional.empty();
        }
        // To end it would end a training that may be well and has no other place. After that time it has ended by
        // itself.
        Duration patience = Adoption.isAwaited(draft.state(), node.id()) ? lease.runUntil() : few;
        return waited.compareTo(patience) < 0
                ? Optional.empty()
                : Optional.of(Reason.of(
                        Code.ABANDONED,
                        "Node %s was lost and did not come back within %d s."
                                .formatted(node.id(), patience.toSeconds()),
                        "node",
                        node.id()));
    }

    /** Idle spot is kept for a while; idle on-demand capacity of a spot pool, not a second. */
    private static Optional<Reason> whyEndIdle(Draft draft, Node node) {
        PoolSpec spec = draft.spec();
        if (draft.state().index().roster().standing() <= spec.minNodes()) {
            return Optional.empty();
        }
        boolean fallback = spec.mode() != CapacityMode.ON_DEMAND && !node.isSpot();
        if (fallback && node.idleSince().isAfter(node.since())) {
            return Optional.of(Reason.of(
                    Code.SWITCHED_BACK,
                    "Node " + node.id() + " was bought on demand and has no work left.",
                    "node",
                    node.id()));
        }
        if (Rebalancing.isLeft(draft, node)) {
            return Optional.of(Rebalancing.reason(draft, node, "it has no work left."));
        }
        Duration idle = Duration.between(node.idleSince(), draft.now());
        return idle.compareTo(spec.idleTimeout()) < 0 || Rebalancing.isKept(draft, node)
                ? Optional.empty()
                : Optional.of(Reason.of(
                        Code.IDLE,
                        "Node %s has had no work for %d s.".formatted(node.id(), idle.toSeconds()),
                        "node",
                        node.id(),
                        "idleSeconds",
                        idle.toSeconds()));
    }
}
