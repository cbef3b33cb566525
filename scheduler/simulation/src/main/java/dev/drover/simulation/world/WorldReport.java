package dev.drover.simulation.world;

import dev.drover.simulation.world.check.Findings.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What came of a world.
 *
 * @param virtual how long it lasted, in its own time
 * @param nodeHours what its instances ran, together
 * @param decisions inputs decided on
 * @param happened how often each kind of thing happened, faults and answers alike
 * @param events how many events of each kind were persisted
 * @param findings the first promises that were broken
 * @param broken how many there were in all
 * @param story the decisions before the first broken promise with their reasons, as lines
 */
public record WorldReport(
        WorldOptions options,
        Duration virtual,
        double nodeHours,
        long decisions,
        Map<String, Integer> happened,
        Map<String, Integer> events,
        List<Finding> findings,
        int broken,
        List<String> story) {
    public WorldReport {
        happened = new TreeMap<>(happened);
        events = new TreeMap<>(events);
        findings = List.copyOf(findings);
        story = List.copyOf(story);
    }

    public boolean holds() {
        return broken == 0;
    }

    /** For people: what was broken, what was decided last and why, and how to see it again. */
    public String describe() {
        if (holds()) {
            return "seed %d: every promise held for %s (%.1f node-hours, %d decisions)"
                    .formatted(options.seed(), virtual, nodeHours, decisions);
        }
        return """
                seed %d: %d promises broken, by %s of virtual time
                %s
                the last decisions before the first of them:
                %s
                again: %s
                """.formatted(
                        options.seed(),
                        broken,
                        virtual,
                        findings.stream().map(finding -> "  " + finding).collect(Collectors.joining("\n")),
                        story.stream().map(line -> "  " + line).collect(Collectors.joining("\n")),
                        options.command());
    }
}
