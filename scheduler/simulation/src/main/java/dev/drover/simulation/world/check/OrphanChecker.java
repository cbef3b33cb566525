package dev.drover.simulation.world.check;

import dev.drover.planning.input.Input;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.id.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * No instance runs that no node of the pool owns, for longer than the reaper's period. Time in which the provider answers
 * nothing, or no controller runs, does not count. In the end none is left at all.
 */
final class OrphanChecker implements Checker {
    private final Reality reality;
    private final Duration longest;
    private final Map<NodeId, Instant> since = new HashMap<>();
    private boolean cloudAway;

    OrphanChecker(Reality reality, Duration longest) {
        this.reality = reality;
        this.longest = longest;
    }

    @Override
    public void happened(Instant at, Fact fact, Findings findings) {
        if (fact instanceof Fact.CloudAway(boolean away)) {
            cloudAway = away;
            since.clear();
        } else if (fact instanceof Fact.ControllerCrashed) {
            since.clear();
        }
    }

    @Override
    public void decided(Turn turn, Findings findings) {
        if (!(turn.input() instanceof Input.Tick) || cloudAway) {
            return;
        }
        Set<NodeId> orphans = new HashSet<>(reality.running());
        orphans.removeIf(node -> turn.after().node(node).isPresent());
        since.keySet().retainAll(orphans);
        for (NodeId node : orphans) {
            Instant first = since.computeIfAbsent(node, ignored -> turn.at());
            if (Duration.between(first, turn.at()).compareTo(longest) > 0) {
                findings.report(
                        this,
                        turn.at(),
                        "%s runs since %s and no node owns it; %s are allowed".formatted(node, first, longest));
                since.put(node, turn.at());
            }
        }
    }

    @Override
    public void ended(Instant at, PoolState state, Findings findings) {
        for (NodeId node : reality.running()) {
            findings.report(this, at, node + " still runs at the end; the pool says " + state.node(node));
        }
    }
}
