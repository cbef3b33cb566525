package dev.drover.bench.chaos.check;

import dev.drover.bench.chaos.history.Fault;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.LaunchRefused;
import dev.drover.planning.event.PoolEvent.NodeGone;
import dev.drover.planning.event.PoolEvent.NodeRequested;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.protocol.id.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * No instance runs that no pool knows, for longer than the reaper's period; a node has one instance, and what runs shards has one; and in the
 * end none is left. Time with a
 * fault of schedulers, database or the cloud's answers, and the time to get over it, does not count.
 */
final class OrphanChecker implements Checker {
    private static final String PROMISE = "orphans";

    /** The reaper's grace and period, the instance's own grace, and a margin for a machine with much to do. */
    static final Duration LONGEST = Duration.ofSeconds(30 + 2 + 2 + 15);

    private static final Duration RECOVERY = Duration.ofSeconds(30);

    @Override
    public List<Violation> check(Story story) {
        List<Violation> found = new ArrayList<>();
        Set<NodeId> requested = new HashSet<>();
        story.events(NodeRequested.class).forEach(event -> requested.add(event.node()));
        Map<NodeId, Instant> gone = new HashMap<>();
        for (PoolEvent event : story.journal()) {
            if (event instanceof NodeGone(NodeId node, var reason, Instant at)) {
                gone.put(node, at);
            } else if (event instanceof LaunchRefused(NodeId node, var refusals, Instant at)) {
                gone.put(node, at);
            }
        }
        Map<NodeId, String> instances = new HashMap<>();
        for (Story.InstanceLife life : story.instances()) {
            String other = instances.putIfAbsent(life.node(), life.instanceId());
            if (other != null) {
                found.add(new Violation(
                        PROMISE,
                        life.launchedAt(),
                        "node %s has instances %s and %s".formatted(life.node(), other, life.instanceId())));
            }
            if (life.endedAt().isEmpty()) {
                found.add(new Violation(
                        PROMISE, story.endedAt(), "%s of %s still runs".formatted(life.instanceId(), life.node())));
            }
            Instant from =
                    requested.contains(life.node()) ? gone.getOrDefault(life.node(), Instant.MAX) : life.launchedAt();
            Duration alone = alone(story, from, life.endedAt().orElse(story.endedAt()));
            if (alone.compareTo(LONGEST) > 0) {
                found.add(new Violation(
                        PROMISE,
                        from,
                        "%s of %s ran %d s that no pool knew of it, %d are allowed"
                                .formatted(life.instanceId(), life.node(), alone.toSeconds(), LONGEST.toSeconds())));
            }
        }
        story.events(ShardGranted.class).stream()
                .filter(grant -> !instances.containsKey(grant.node()))
                .forEach(grant -> found.add(new Violation(
                        PROMISE,
                        grant.at(),
                        "%s runs on %s, and the cloud knows no instance of it"
                                .formatted(grant.lease(), grant.node()))));
        return found;
    }

    /** How long from the one to the other, less what is excused. */
    private static Duration alone(Story story, Instant from, Instant until) {
        if (!from.isBefore(until)) {
            return Duration.ZERO;
        }
        if (story.interrupted(from, until)) {
            return Duration.ZERO;
        }
        Duration longest = Duration.ZERO;
        Instant since = from;
        for (Story.Occurrence fault : story.faults(OrphanChecker::excuses, from, until)) {
            if (fault.began().at().isAfter(since)) {
                longest = longer(longest, Duration.between(since, fault.began().at()));
            }
            Instant over = fault.to().plus(RECOVERY);
            since = over.isAfter(since) ? over : since;
        }
        return since.isBefore(until) ? longer(longest, Duration.between(since, until)) : longest;
    }

    private static boolean excuses(Story.Occurrence fault) {
        return fault.fault() instanceof Fault.OfControl || fault.fault() instanceof Fault.AnswersLost;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
