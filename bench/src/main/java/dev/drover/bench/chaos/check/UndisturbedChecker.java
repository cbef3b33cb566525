package dev.drover.bench.chaos.check;

import dev.drover.bench.chaos.history.Entry.Asked;
import dev.drover.bench.chaos.history.Fault;
import dev.drover.bench.chaos.history.Fault.OfNode;
import dev.drover.planning.event.PoolEvent.NodeLost;
import dev.drover.planning.event.PoolEvent.PoolConfigured;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.pool.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Nothing that happens to schedulers, database or cloud stops a training: an attempt ends early, and a node is lost, only for what was done
 * to that very node or shard, or for what an operator asked. A node that was frozen or cut for less than its lease is not lost either.
 */
final class UndisturbedChecker implements Checker {
    private static final String PROMISE = "undisturbed";

    /** From a fault to what follows from it: the lease, the time-outs of connections, a notice that runs out. */
    private static final Duration AFTERMATH = Duration.ofSeconds(90);

    /** Two moments that are the same for those who look from outside. */
    private static final Duration SLACK = Duration.ofSeconds(5);

    @Override
    public List<Violation> check(Story story) {
        List<Violation> found = new ArrayList<>();
        for (Attempts.Ended attempt : Attempts.ended(story)) {
            if (!isExplained(story, attempt)) {
                found.add(new Violation(
                        PROMISE,
                        attempt.endedAt(),
                        "%s ended on %s with %s, and nothing was done to that node: %s"
                                .formatted(
                                        attempt.lease(),
                                        attempt.node(),
                                        attempt.reason().code(),
                                        attempt.reason().text())));
            }
        }
        for (NodeLost lost : story.events(NodeLost.class)) {
            silenced(story, lost).ifPresent(found::add);
        }
        return found;
    }

    private static boolean isExplained(Story story, Attempts.Ended attempt) {
        Instant from = attempt.endedAt().minus(AFTERMATH);
        boolean touched =
                !story.faultsOn(attempt.node(), from, attempt.endedAt().plus(SLACK))
                                .isEmpty()
                        || story.interrupted(from, attempt.endedAt());
        Reason.Code code = attempt.reason().code();
        return switch (code) {
            case NODE_SILENT, NODE_TERMINATED, EVICTION_NOTICE, PROGRAM_FAILED -> touched;
            case RESTORE_FAILED -> touched || wasDamaged(story, attempt);
            case CHECKPOINT_REJECTED -> wasDamaged(story, attempt);
            case SCALED_DOWN, NODE_DRAINED, CANCELLED -> wasAsked(story, from, attempt.endedAt()) || touched;
            default -> true;
        };
    }

    private static boolean wasDamaged(Story story, Attempts.Ended attempt) {
        return story.isDamaged(ref -> ref.lease().shard().equals(attempt.lease().shard()));
    }

    private static boolean wasAsked(Story story, Instant from, Instant until) {
        return story.of(Asked.class).stream()
                .anyMatch(asked -> !asked.at().plus(SLACK).isBefore(from)
                        && !asked.at().minus(SLACK).isAfter(until));
    }

    private static Duration lease(Story story) {
        return story.events(PoolConfigured.class).stream()
                .map(configured -> configured.spec().lease().length())
                .findFirst()
                .orElse(LeaseSpec.DEFAULT.length());
    }

    /** A node that was lost for silence was silent for a lease: what was done to it had lasted that long by then. */
    private static Optional<Violation> silenced(Story story, NodeLost lost) {
        NodeId node = lost.node();
        Instant from = lost.at().minus(AFTERMATH);
        boolean silent = story.interrupted(from, lost.at())
                || story.faultsOn(node, from, lost.at()).stream()
                        .anyMatch(fault -> silences(fault, lost.at(), lease(story)));
        return silent
                ? Optional.empty()
                : Optional.of(new Violation(
                        PROMISE,
                        lost.at(),
                        "node %s was lost, and nothing had silenced it for a lease: %s"
                                .formatted(node, lost.reason().text())));
    }

    private static boolean silences(Story.Occurrence fault, Instant at, Duration lease) {
        Duration silent = Duration.between(fault.began().at(), fault.to().isBefore(at) ? fault.to() : at);
        boolean gone = !(fault.fault() instanceof OfNode)
                || fault.fault() instanceof Fault.AgentKilled
                || fault.fault() instanceof Fault.NoticeLate
                || fault.fault() instanceof Fault.NoticeTwice
                || fault.fault() instanceof Fault.NoticeLost;
        return gone || silent.plus(SLACK).compareTo(lease) >= 0;
    }
}
