package dev.drover.dist.simulate;

import dev.drover.cli.Table;
import dev.drover.simulation.trace.Contender;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Means over the starts of each job, for people. */
final class Summary {
    private final Table table = new Table(
            "ZONES",
            "DEADLINE",
            "CHANGEOVER",
            "POLICY",
            "MEAN COST",
            "SAVED",
            "OVER OPTIMUM",
            "LAUNCHES",
            "SPOT",
            "ON DEMAND",
            "MISSED");

    /** Adds the rows of one job, a line for each policy. */
    void add(Job job, List<Contender> policies, List<Row> rows) {
        Optional<Double> optimum = policies.contains(Contender.OPTIMUM)
                ? Optional.of(mean(of(rows, Contender.OPTIMUM)).cost())
                : Optional.empty();
        for (Contender policy : policies) {
            List<Row> own = of(rows, policy);
            Mean mean = mean(own);
            table.row(
                    job.zones(),
                    job.hours().deadline() + " h",
                    job.hours().changeover() + " h",
                    policy.text(),
                    format("%.2f USD", mean.cost()),
                    format("%.1f%%", 100 * (1 - mean.cost() / job.onDemandCost())),
                    optimum.map(best -> format("%.3f", mean.cost() / best)).orElse(""),
                    format("%.1f", mean.launches()),
                    format("%.1f h", mean.spotHours()),
                    format("%.1f h", mean.onDemandHours()),
                    "%d of %d"
                            .formatted(
                                    own.stream()
                                            .filter(row -> row.outcome().missed())
                                            .count(),
                                    own.size()));
        }
    }

    private record Mean(double cost, double launches, double spotHours, double onDemandHours) {}

    private static Mean mean(List<Row> rows) {
        return new Mean(
                rows.stream().mapToDouble(row -> row.outcome().cost()).average().orElseThrow(),
                rows.stream()
                        .mapToInt(row -> row.outcome().launches())
                        .average()
                        .orElseThrow(),
                rows.stream()
                        .mapToDouble(row -> row.outcome().spotHours())
                        .average()
                        .orElseThrow(),
                rows.stream()
                        .mapToDouble(row -> row.outcome().onDemandHours())
                        .average()
                        .orElseThrow());
    }

    private static List<Row> of(List<Row> rows, Contender policy) {
        return rows.stream().filter(row -> row.policy() == policy).toList();
    }

    private static String format(String form, double number) {
        return String.format(Locale.ROOT, form, number);
    }

    @Override
    public String toString() {
        return table.toString();
    }
}
