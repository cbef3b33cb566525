package dev.drover.simulation.world;

import dev.drover.simulation.world.WorldOptions.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What came of several worlds, together.
 *
 * @param broken the seeds of those in which a promise was broken
 * @param virtual how long they lasted, in their own time
 */
public record WorldTotals(
        int worlds,
        List<Long> broken,
        Duration virtual,
        double nodeHours,
        long decisions,
        Map<String, Integer> happened,
        Map<String, Integer> events) {
    private static final WorldTotals NONE = new WorldTotals(0, List.of(), Duration.ZERO, 0, 0, Map.of(), Map.of());

    public WorldTotals {
        broken = List.copyOf(broken);
        happened = new TreeMap<>(happened);
        events = new TreeMap<>(events);
    }

    /** Lives through one world after the other, on this thread; {@code lived} hears of each. */
    public static WorldTotals of(Kind kind, Seeds seeds, Consumer<WorldReport> lived) {
        WorldTotals totals = NONE;
        for (long seed = seeds.first(); seed <= seeds.last(); seed++) {
            WorldReport report = World.run(new WorldOptions(seed, kind));
            totals = totals.plus(report);
            lived.accept(report);
        }
        return totals;
    }

    public boolean hold() {
        return broken.isEmpty();
    }

    private WorldTotals plus(WorldReport report) {
        List<Long> seeds = new ArrayList<>(broken);
        if (!report.holds()) {
            seeds.add(report.options().seed());
        }
        return new WorldTotals(
                worlds + 1,
                seeds,
                virtual.plus(report.virtual()),
                nodeHours + report.nodeHours(),
                decisions + report.decisions(),
                plus(happened, report.happened()),
                plus(events, report.events()));
    }

    private static Map<String, Integer> plus(Map<String, Integer> some, Map<String, Integer> more) {
        Map<String, Integer> sum = new TreeMap<>(some);
        more.forEach((what, times) -> sum.merge(what, times, Integer::sum));
        return sum;
    }
}
