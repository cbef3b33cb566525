package dev.drover.bench;

import dev.drover.planning.policy.AdaptivePolicy;
import dev.drover.planning.policy.AdaptivePolicy.Part;
import dev.drover.planning.policy.GreedyPolicy;
import dev.drover.planning.policy.UniformProgressPolicy;
import dev.drover.simulation.trace.JobTerms;
import dev.drover.simulation.trace.MarketTraces;
import dev.drover.simulation.trace.Optimum;
import dev.drover.simulation.trace.Outcome;
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
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What each part of {@link AdaptivePolicy} is worth: the cost over the optimum's with that part left out. */
final class Ablation {
    static final String CHANGEOVER_HOURS = "0.2";

    private static final Map<String, Supplier<AdaptivePolicy>> VARIANTS = variants();

    private Ablation() {}

    /**
     * One job in one group of zones.
     *
     * @param costs of each variant, from all starts together
     * @param optimum what the best plan costs
     */
    private record Cell(
            TraceGroup group,
            int deadlineHours,
            int starts,
            Map<String, Double> costs,
            double optimum,
            double greedy,
            double uniformProgress) {
        double cost(String variant) {
            return costs.getOrDefault(variant, Double.NaN);
        }
    }

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
            line.put("worst_over_the_better", worst(cells, variant));
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
            Map<String, Double> costs = new LinkedHashMap<>();
            VARIANTS.forEach((name, policy) ->
                    costs.put(name, cost(from, start -> Replay.run(markets, terms, start, policy.get()))));
            cells.add(new Cell(
                    group,
                    deadline,
                    starts,
                    costs,
                    cost(from, start -> Optimum.of(markets, terms, start)),
                    cost(from, start -> Replay.run(markets, terms, start, new GreedyPolicy())),
                    cost(from, start -> Replay.run(markets, terms, start, new UniformProgressPolicy()))));
        }
        return cells;
    }

    private static double cost(List<Integer> starts, IntFunction<Outcome> replay) {
        return starts.stream().mapToDouble(start -> replay.apply(start).cost()).sum();
    }

    /** Over the better of greedy and Uniform Progress, in the worst set, kind of prices and deadline of enough starts. */
    private static String worst(List<Cell> cells, String variant) {
        return cells.stream()
                .collect(Collectors.groupingBy(cell -> List.of(
                        cell.group().setName(),
                        cell.group().isSingle(),
                        cell.group().prices(),
                        cell.deadlineHours())))
                .values()
                .stream()
                .filter(alike -> alike.stream().mapToInt(Cell::starts).sum() >= Policies.JUDGED_FROM_STARTS)
                .mapToDouble(alike -> sum(alike, cell -> cell.cost(variant))
                        / Math.min(sum(alike, Cell::greedy), sum(alike, Cell::uniformProgress)))
                .max()
                .stream()
                .mapToObj(Ablation::rounded)
                .map(BigDecimal::toPlainString)
                .findFirst()
                .orElse("too few starts");
    }

    private static double sum(List<Cell> cells, ToDoubleFunction<Cell> cost) {
        return cells.stream().mapToDouble(cost).sum();
    }

    private static BigDecimal mean(List<Cell> cells, boolean single, String variant) {
        double mean = cells.stream()
                .filter(cell -> cell.group().isSingle() == single)
                .mapToDouble(cell -> cell.cost(variant) / cell.optimum())
                .average()
                .orElse(0);
        return rounded(mean);
    }

    private static BigDecimal rounded(double ratio) {
        return BigDecimal.valueOf(ratio).setScale(4, RoundingMode.HALF_UP);
    }
}
