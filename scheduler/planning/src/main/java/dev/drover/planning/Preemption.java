package dev.drover.planning;

import dev.drover.planning.event.PoolEvent.ShardPreempted;
import dev.drover.planning.state.Attempt;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Roster;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.Resources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes slots from worse jobs, where the pool allows it and no slot is to be had otherwise. A victim saves before it leaves, so it
 * loses only the changeover. Lives within one pass through the queue: what one shard has claimed, none after it can.
 */
final class Preemption {
    /** How long a shard that was preempted once trains before it can be again. */
    static final Duration PROTECTED = Duration.ofMinutes(10);

    private final Draft draft;
    private final Map<NodeId, List<Resources>> claimed = new HashMap<>();
    private final Set<ShardId> victims = new HashSet<>();

    Preemption(Draft draft) {
        this.draft = draft;
    }

    /** A slot on the node, and who leaves for it: nobody where others are about to anyway. */
    private record Claim(NodeId node, List<Shard> leaving, double lossMillis) {
        private static final Comparator<Claim> ORDER = Comparator.comparingDouble(Claim::lossMillis)
                .thenComparingInt(claim -> claim.leaving().size())
                .thenComparing(Claim::node);
    }

    /** Nodes on which slots come free for shards that go first: nobody else takes them. */
    Set<NodeId> claimedNodes() {
        return claimed.keySet();
    }

    /**
     * Has worse shards leave so that all of these find slots; does nothing where not all can. Whom it hits depends on what the agents
     * last said, so it is decided on a tick only; in between, what is about to come free is kept for those that it is for.
     */
    boolean makeRoom(List<Shard> together) {
        PoolState state = draft.state();
        Job job = state.job(together.getFirst().id().job()).orElseThrow();
        int priority = job.spec().scheduling().priority();
        if (!draft.spec().buying().preemption() || !state.index().occupancy().hasWorse(priority)) {
            return false;
        }
        Resources need = job.spec().resources();
        List<NodeId> nodes = state.index().roster().standingNodes().toList();
        List<Claim> claims = new ArrayList<>();
        for (int i = 0; i < together.size(); i++) {
            Optional<Claim> best = nodes.stream()
                    .filter(node -> isPaidFor(node, together.getFirst()))
                    .flatMap(node -> claim(node, need, priority).stream())
                    .min(Claim.ORDER);
            if (best.isEmpty()) {
                claims.forEach(claim -> withdraw(claim, need));
                return false;
            }
            claims.add(best.get());
            claimed.computeIfAbsent(best.get().node(), node -> new ArrayList<>())
                    .add(need);
            best.get().leaving().forEach(shard -> victims.add(shard.id()));
        }
        claims.stream().flatMap(claim -> claim.leaving().stream()).forEach(victim -> preempt(victim, job));
        return true;
    }

    private boolean isPaidFor(NodeId node, Shard shard) {
        Node there = draft.state().node(node).orElseThrow();
        return Budgets.refusal(draft.accounts(), draft.seen(), shard, there).isEmpty();
    }

    private void withdraw(Claim claim, Resources need) {
        claimed.computeIfPresent(claim.node(), (node, needs) -> {
            needs.remove(need);
            return needs.isEmpty() ? null : needs;
        });
        claim.leaving().forEach(shard -> victims.remove(shard.id()));
    }

    private void preempt(Shard victim, Job job) {
        Reason reason = Reason.of(
                Code.PREEMPTED,
                "Job %s, of priority %d, takes its slot."
                        .formatted(job.id(), job.spec().scheduling().priority()),
                "job",
                job.id(),
                "priority",
                job.spec().scheduling().priority());
        draft.add(new ShardPreempted(victim.lease().orElseThrow(), reason, draft.now()));
    }

    /** The slot for {@code need} on the node that costs least, if it can be made. */
    private Optional<Claim> claim(NodeId id, Resources need, int priority) {
        Node node = draft.state().node(id).orElseThrow();
        if (node.phase() != NodePhase.READY || node.instance().isEmpty()) {
            return Optional.empty();
        }
        List<Shard> staying = new ArrayList<>(draft.state().placedOn(id));
        staying.removeIf(shard -> shard.isYielding() || victims.contains(shard.id()));
        List<Shard> leaving = new ArrayList<>();
        for (Shard victim : inOrderOfLoss(id, staying, priority)) {
            if (fits(node, staying, need)) {
                break;
            }
            staying.remove(victim);
            leaving.add(victim);
        }
        if (!fits(node, staying, need)) {
            return Optional.empty();
        }
        // A small one that was not enough need not leave for a larger one that is.
        for (Shard victim : List.copyOf(leaving)) {
            staying.add(victim);
            if (fits(node, staying, need)) {
                leaving.remove(victim);
            } else {
                staying.remove(victim);
            }
        }
        return Optional.of(new Claim(
                id, leaving, leaving.stream().mapToDouble(this::lossMillis).sum()));
    }

    private boolean fits(Node node, List<Shard> staying, Resources need) {
        Resources has = node.instance().orElseThrow().resources();
        List<Resources> taken = new ArrayList<>(claimed.getOrDefault(node.id(), List.of()));
        staying.forEach(shard -> taken.add(Slots.need(draft.state(), shard)));
        return new Roster.Shape(
                        Optional.of(has),
                        List.of(),
                        taken.stream().mapToLong(Resources::count).sum(),
                        taken.stream()
                                .mapToLong(other -> other.memory().bytes())
                                .sum())
                .leaves(has, need);
    }

    private List<Shard> inOrderOfLoss(NodeId node, List<Shard> staying, int priority) {
        return staying.stream()
                .filter(shard -> isVictim(node, shard, priority))
                .sorted(Comparator.comparingDouble(this::lossMillis).thenComparing(Shard::id))
                .toList();
    }

    private boolean isVictim(NodeId node, Shard shard, int priority) {
        if (!draft.agenda().isTick()) {
            return false;
        }
        boolean isWorse = draft.state()
                .job(shard.id().job())
                .filter(job -> job.spec().scheduling().priority() < priority)
                .isPresent();
        boolean trains = shard.node().equals(Optional.of(node))
                && shard.state() == ShardState.RUNNING
                && shard.target().isEmpty()
                && status(shard)
                        .filter(status -> status.phase() == ShardStatus.Phase.RUNNING)
                        .isPresent();
        return isWorse && trains && !isProtected(shard);
    }

    private boolean isProtected(Shard shard) {
        boolean once = shard.attempts().stream()
                .anyMatch(attempt -> attempt.endedBecause().map(Reason::code).equals(Optional.of(Code.PREEMPTED)));
        return once
                && shard.lastAttempt()
                        .map(Attempt::grantedAt)
                        .filter(granted -> draft.now().isBefore(granted.plus(PROTECTED)))
                        .isPresent();
    }

    /** The time since the shard's last checkpoint, by its steps. */
    private double lossMillis(Shard shard) {
        return status(shard)
                .map(status -> {
                    int saved = Optional.ofNullable(status.checkpoint())
                            .map(checkpoint -> checkpoint.step())
                            .orElse(shard.lastAttempt().map(Attempt::resumeStep).orElse(0));
                    return Math.max(0, status.step() - saved) * Math.max(1, status.stepMillis());
                })
                .orElse(0.0);
    }

    private Optional<ShardStatus> status(Shard shard) {
        return shard.node()
                .flatMap(node -> draft.seen().status(node, shard.lease().orElseThrow()));
    }

    /** Why the shard waits, where others are leaving for its job. */
    static Optional<Reason> makingRoom(PoolState state, Shard shard) {
        if (!state.spec().orElseThrow().buying().preemption()) {
            return Optional.empty();
        }
        List<ShardId> leaving = state.index().occupancy().unsettled().stream()
                .flatMap(id -> state.shard(id).stream())
                .filter(Shard::isYielding)
                .filter(other -> other.because()
                        .filter(why ->
                                shard.id().job().toString().equals(why.facts().get("job")))
                        .isPresent())
                .map(Shard::id)
                .toList();
        return leaving.isEmpty()
                ? Optional.empty()
                : Optional.of(Reason.of(
                        Code.PREEMPTING,
                        "%d shards of worse jobs save and leave for its job, %s first."
                                .formatted(leaving.size(), leaving.getFirst()),
                        "shards",
                        leaving.size()));
    }
}
