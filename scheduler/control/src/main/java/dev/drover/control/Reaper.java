package dev.drover.control;

import dev.drover.protocol.id.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Says which orphans have been ones for longer than the grace. One that is claimed in between starts anew. */
final class Reaper {
    private final Duration grace;
    private final Map<NodeId, Instant> since = new HashMap<>();

    Reaper(Duration grace) {
        this.grace = grace;
    }

    List<NodeId> due(List<NodeId> orphans, Instant now) {
        since.keySet().retainAll(new HashSet<>(orphans));
        orphans.forEach(node -> since.putIfAbsent(node, now));
        return orphans.stream()
                .filter(node -> !now.isBefore(since.getOrDefault(node, now).plus(grace)))
                .toList();
    }
}
