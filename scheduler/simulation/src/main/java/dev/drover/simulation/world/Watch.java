package dev.drover.simulation.world;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.input.Input;
import dev.drover.planning.state.PoolState;
import dev.drover.simulation.world.check.Checker;
import dev.drover.simulation.world.check.Fact;
import dev.drover.simulation.world.check.Findings;
import dev.drover.simulation.world.check.Turn;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Passes all that is decided and all that happens to the checkers, and remembers the last of it for whoever must explain. */
final class Watch {
    private final List<Checker> checkers;
    private final VirtualTime time;
    private final Findings findings = new Findings();
    private final Story story = new Story();
    private final Map<Class<?>, Integer> events = new HashMap<>();
    private long decisions;

    Watch(List<Checker> checkers, VirtualTime time) {
        this.checkers = List.copyOf(checkers);
        this.time = time;
    }

    void decided(Turn turn) {
        decisions++;
        if (!turn.decision().events().isEmpty()) {
            story.add(turn);
            for (PoolEvent event : turn.decision().events()) {
                events.merge(event.getClass(), 1, Integer::sum);
            }
        }
        for (Checker checker : checkers) {
            checker.decided(turn, findings);
        }
        closeStory();
    }

    void happened(Fact fact) {
        for (Checker checker : checkers) {
            checker.happened(time.now(), fact, findings);
        }
        closeStory();
    }

    void ended(PoolState state) {
        for (Checker checker : checkers) {
            checker.ended(time.now(), state, findings);
        }
    }

    private void closeStory() {
        if (!findings.isEmpty()) {
            story.close();
        }
    }

    /** Production would drop the input and log a defect. */
    void failed(Input input, RuntimeException defect) {
        StackTraceElement[] trace = defect.getStackTrace();
        String where = trace.length == 0 ? "" : " at " + trace[0];
        findings.report("every input is decided on", time.now(), defect + where + ", on " + input);
        closeStory();
    }

    Findings findings() {
        return findings;
    }

    Story story() {
        return story;
    }

    long decisions() {
        return decisions;
    }

    /** How many events of each kind there were. */
    Map<String, Integer> events() {
        Map<String, Integer> named = new TreeMap<>();
        events.forEach((kind, times) -> named.put(kind.getSimpleName(), times));
        return named;
    }
}
