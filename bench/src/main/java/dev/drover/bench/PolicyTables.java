package dev.drover.bench;

import dev.drover.simulation.trace.Contender;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What {@code bench/policies} makes of its cases. */
final class PolicyTables {
    static final List<Contender> POLICIES = List.of(Contender.GREEDY, Contender.UNIFORM_PROGRESS, Contender.ADAPTIVE);

    private static final double WORSE = 0.005;

    private PolicyTables() {}

    /** One line of the second table: adaptive against the better of the other two, in one set at one kind of job. */
    record Judged(
            String set,
            String zones,
            String prices,
            int deadlineHours,
            String changeoverHours,
            int starts,
            double worseBy) {
        boolean isWorse() {
            return worseBy > WORSE;
        }

        Map<String, Object> line() {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("set", set);
            line.put("zones", zones);
            line.put("prices", prices);
            line.put("deadline_h", deadlineHours);
            line.put("changeover_h", changeoverHours);
            line.put("starts", starts);
            line.put("over_the_better", rounded(1 + worseBy, 4));
            return line;
        }
    }

    /**
     * Mean over cells of a policy's cost over the optimum's: by set and deadline, then over all sets. A cell is one case:
     * all cells of a line count equally.
     */
    static List<Map<String, Object>> overOptimum(List<PolicyCase> cases) {
        List<Map<String, Object>> lines = new ArrayList<>();
        lines.addAll(overOptimum(cases, one -> List.of(one.group().setName(), zones(one), one.deadlineHours())));
        lines.addAll(overOptimum(cases, one -> List.of("all", zones(one), one.deadlineHours())));
        lines.addAll(overOptimum(cases, one -> List.of("all", zones(one), "all")));
        return lines;
    }

    private static List<Map<String, Object>> overOptimum(
            List<PolicyCase> cases, Function<PolicyCase, List<Object>> key) {
        List<Map<String, Object>> lines = new ArrayList<>();
        by(cases, key).forEach((name, cells) -> {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("set", name.get(0));
            line.put("zones", name.get(1));
            line.put("deadline_h", name.get(2));
            line.put("cells", cells.size());
            for (Contender policy : POLICIES) {
                double mean = cells.stream()
                        .mapToDouble(cell -> cell.overOptimum(policy))
                        .average()
                        .orElseThrow();
                line.put(policy.text(), rounded(mean, 3));
            }
            lines.add(line);
        });
        return lines;
    }

    /** Adaptive against the better of greedy and Uniform Progress, over all zones of a set; only where there are enough starts. */
    static List<Judged> judged(List<PolicyCase> cases, int leastStarts) {
        List<Judged> judged = new ArrayList<>();
        by(
                        cases,
                        one -> List.of(
                                one.group().setName(),
                                zones(one),
                                one.group().prices(),
                                one.deadlineHours(),
                                one.changeoverHours()))
                .values()
                .forEach(cells -> judged.add(judged(cells)));
        return judged.stream().filter(one -> one.starts() >= leastStarts).toList();
    }

    private static Judged judged(List<PolicyCase> cells) {
        PolicyCase first = cells.getFirst();
        double better = Math.min(sum(cells, Contender.GREEDY), sum(cells, Contender.UNIFORM_PROGRESS));
        return new Judged(
                first.group().setName(),
                zones(first),
                first.group().prices(),
                first.deadlineHours(),
                first.changeoverHours(),
                cells.stream().mapToInt(PolicyCase::starts).sum(),
                sum(cells, Contender.ADAPTIVE) / better - 1);
    }

    private static double sum(List<PolicyCase> cases, Contender contender) {
        return cases.stream().mapToDouble(one -> one.cost(contender)).sum();
    }

    private static String zones(PolicyCase one) {
        return one.group().isSingle() ? "single" : "several";
    }

    private static Map<List<Object>, List<PolicyCase>> by(
            List<PolicyCase> cases, Function<PolicyCase, List<Object>> key) {
        return cases.stream().collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
    }

    private static BigDecimal rounded(double number, int places) {
        return BigDecimal.valueOf(number).setScale(places, RoundingMode.HALF_UP);
    }
}
