package dev.drover.bench;

import dev.drover.planning.policy.AdaptivePolicy;
import dev.drover.planning.policy.AdaptivePolicy.Part;
import dev.drover.simulation.trace.JobTerms;
import dev.drover.simulation.trace.MarketTraces;
import dev.drover.simulation.trace.Optimum;
import dev.drover.simulation.trace.Replay;
import dev.drover.simulation.trace.Starts;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** What each part of {@link AdaptivePolicy} is worth: the cost over the optimum's with that part left out. */
final class Ablation {
    static final String CHANGEOVER_HOURS = "0.2";

    private static final Map<String, Supplier<AdaptivePolicy>> VARIANTS = variants();

    private Ablation() {}

    /** One job in one group of zones: each variant's cost over the optimum's, of all starts together. */
    private record Cell(boolean single, Map<String, Double> overOptimum) {}

    private static Map<String, Supplier<AdaptivePolicy>> variants() {
        Map<String, Supplier<AdaptivePolicy>> variants = new LinkedHashMap<>();
        variants.put("nothing", AdaptivePolicy::new);
        for (Part part : Part.values()) {
            variants.put(part.name().toLowerCase(Locale.ROOT).replace('_', ' '), () -> AdaptivePolicy.without(part));
        }
        return variants;
    }

    static List<Map<String, Object>> lines(List<TraceGroup> groups, List<Integer> deadlinesHours, int starts) {
        List<Cell> cells = groups.parallelStream()
                .flatMap(group -> cells(group, deadlinesHours, starts).stream())
                .toList();
        List<Map<String, Object>> lines = new ArrayList<>();
        for (String variant : VARIANTS.keySet()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("left_out", variant);
            line.put("single", mean(cells, true, variant));
            line.put("several", mean(cells, false, variant));
            lines.add(line);
        }
        return lines;
    }

    private static List<Cell> cells(TraceGroup group, List<Integer> deadlinesHours, int starts) {
        MarketTraces markets = group.read();
        List<Cell> cells = new ArrayList<>();
        for (int deadline : deadlinesHours) {
            JobTerms terms = PolicyCase.terms(deadline, CHANGEOVER_HOURS);
            List<Integer> from = Starts.spread(starts, markets, Duration.ofHours(deadline));
            double best = from.stream()
                    .mapToDouble(start -> Optimum.of(markets, terms, start).cost())
                    .sum();
            Map<String, Double> overOptimum = new LinkedHashMap<>();
            VARIANTS.forEach((name, policy) -> overOptimum.put(
                    name,
                    from.stream()
                                    .mapToDouble(start -> Replay.run(markets, terms, start, policy.get())
                                            .cost())
                                    .sum()
                            / best));
            cells.add(new Cell(group.isSingle(), overOptimum));
        }
        return cells;
    }

    private static BigDecimal mean(List<Cell> cells, boolean single, String variant) {
        double mean = cells.stream()
                .filter(cell -> cell.single() == single)
                .mapToDouble(cell -> cell.overOptimum().getOrDefault(variant, Double.NaN))
                .average()
                .orElse(0);
        return BigDecimal.valueOf(mean).setScale(4, RoundingMode.HALF_UP);
    }
}
