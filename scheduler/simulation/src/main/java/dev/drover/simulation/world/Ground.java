package dev.drover.simulation.world;

import dev.drover.simulation.world.check.Fact;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What everything in a world stands on: its time, its setting, its chances, and the telling of what happens. */
final class Ground {
    private final long seed;
    private final Setting setting;
    private final VirtualTime time = new VirtualTime();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Consumer<Fact> facts;
    private boolean healed;

    Ground(long seed, Setting setting, Consumer<Fact> facts) {
        this.seed = seed;
        this.setting = setting;
        this.facts = facts;
    }

    VirtualTime time() {
        return time;
    }

    Setting setting() {
        return setting;
    }

    Chance chance(String stream) {
        return Chance.of(seed, stream);
    }

    void tell(Fact fact) {
        facts.accept(fact);
    }

    /** Counts what happened, so that a tame world can be told from a wild one. */
    void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    Map<String, Integer> counts() {
        return counts;
    }

    /** Whether faults are over. */
    boolean isHealed() {
        return healed;
    }

    void heal() {
        healed = true;
    }
}
