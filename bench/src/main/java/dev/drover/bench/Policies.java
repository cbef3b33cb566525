package dev.drover.bench;

import dev.drover.bench.PolicyTables.Judged;
import dev.drover.cli.Table;
import dev.drover.protocol.json.DroverJson;
import dev.drover.simulation.trace.MarketTraces;
import dev.drover.simulation.trace.Starts;
import dev.drover.simulation.trace.TraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/policies}: what each policy costs over the best plan in hindsight, on recorded markets. */
@Command(
        name = "bench/policies",
        mixinStandardHelpOptions = true,
        description = "Replays recorded markets under greedy, uniform-progress and adaptive, and compares them with the"
                + " optimum. Exit code 1 when a deadline was missed.")
public final class Policies implements Callable<Integer> {
    private static final List<Integer> DEADLINES_HOURS = List.of(52, 60, 72, 92);
    private static final List<String> CHANGEOVERS_HOURS = List.of("0.02", "0.2", "0.4");

    /** Of fewer starts, half a percent is chance. */
    static final int JUDGED_FROM_STARTS = 40;

    private static final int WORST_SHOWN = 10;

    @Option(
            names = "--traces",
            description =
                    "Directory of sets, each with a ZONE.json per zone (default: traces in -Ddrover.shared, else in"
                            + " ../shared).")
    private @Nullable Path traces;

    @Option(names = "--sets", split = ",", description = "Only the sets of these names (default: all).")
    private List<String> sets = new ArrayList<>();

    @Option(
            names = "--starts",
            defaultValue = "12",
            description = "Starts of each job in each group of zones (default: ${DEFAULT-VALUE}).")
    private int starts = 12;

    @Option(
            names = "--ablation",
            description = "Measure adaptive with each of its parts left out instead, at a changeover of 0.2 h.")
    private boolean ablation;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    private final AtomicInteger replayed = new AtomicInteger();

    public static void main(String[] args) {
        System.exit(new CommandLine(new Policies()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        Path directory =
                traces != null ? traces : BenchJob.shared(Optional.empty()).resolve("traces");
        if (starts < 1 || !Files.isDirectory(directory)) {
            System.err.println("bench/policies: --traces " + directory + " --starts " + starts
                    + " is not allowed; use a directory that is there, and at least 1 start");
            return 2;
        }
        try {
            List<TraceGroup> groups = TraceGroup.in(directory).stream()
                    .filter(group -> sets.isEmpty() || sets.contains(group.setName()))
                    .toList();
            if (groups.isEmpty()) {
                System.err.println("bench/policies: --sets " + sets + ": there is no such set in " + directory);
                return 2;
            }
            return ablation ? ablate(groups) : compare(groups);
        } catch (TraceException e) {
            System.err.println("bench/policies: " + e.getMessage());
            return 2;
        }
    }

    private int ablate(List<TraceGroup> groups) throws IOException {
        Report report = report("Policies: what each part of adaptive is worth", groups);
        report.condition("changeover", Ablation.CHANGEOVER_HOURS + " h");
        print(
                report,
                Map.of(
                        "cost over the optimum's with a part left out, mean over cells",
                        Ablation.lines(groups, DEADLINES_HOURS, starts)));
        return 0;
    }

    private Report report(String title, List<TraceGroup> groups) {
        Report report = new Report(title);
        report.condition(
                "sets", groups.stream().map(TraceGroup::setName).distinct().toList());
        report.condition("groups", groups.size() + ", of zones and prices: flat is 0.918 USD/h, real the set's own");
        report.condition("gangs", "a zone is open where it has as many instances as its set ever has");
        report.condition("jobs", "48 h of work; deadlines " + DEADLINES_HOURS + " h; on demand 3.06 USD/h");
        report.condition("starts", starts + " of each job in each group, spread evenly");
        return report;
    }

    private int compare(List<TraceGroup> groups) throws IOException {
        long began = System.nanoTime();
        List<PolicyCase> cases = groups.parallelStream()
                .flatMap(group -> replay(group, groups.size()).stream())
                .toList();
        int missed = cases.stream().mapToInt(PolicyCase::missed).sum();
        Report report =
                report("Policies: what a job costs over the best plan in hindsight, on recorded markets", groups);
        report.condition("changeovers", CHANGEOVERS_HOURS + " h");
        report.condition("missed", missed + " deadlines");
        report.condition("seconds", Duration.ofNanos(System.nanoTime() - began).toSeconds());
        print(report, tables(cases));
        return missed == 0 ? 0 : 1;
    }

    /** By their headings. */
    private static Map<String, List<Map<String, Object>>> tables(List<PolicyCase> cases) {
        Map<String, List<Map<String, Object>>> tables = new LinkedHashMap<>();
        for (String changeover : CHANGEOVERS_HOURS) {
            tables.put(
                    "cost over the optimum's at changeover " + changeover
                            + " h, mean over cells (zones, prices, deadline)",
                    PolicyTables.overOptimum(cases.stream()
                            .filter(one -> one.changeoverHours().equals(changeover))
                            .toList()));
        }
        List<Judged> judged = PolicyTables.judged(cases, JUDGED_FROM_STARTS);
        tables.put(
                "adaptive over the better of greedy and uniform-progress; cells (set, prices, deadline, changeover) of "
                        + JUDGED_FROM_STARTS + " starts or more: "
                        + judged.stream().filter(Judged::isWorse).count()
                        + " of " + judged.size() + " worse by over 0.5 %; the worst",
                judged.stream()
                        .sorted(Comparator.comparingDouble(Judged::worseBy).reversed())
                        .limit(WORST_SHOWN)
                        .map(Judged::line)
                        .toList());
        return tables;
    }

    private void print(Report report, Map<String, List<Map<String, Object>>> tables) throws IOException {
        if (json) {
            Map<String, Object> all = report.conditions();
            all.put("tables", tables);
            System.out.println(DroverJson.mapper().writeValueAsString(all));
            return;
        }
        report.printConditions();
        tables.forEach((heading, lines) -> {
            System.out.println("\n" + heading);
            if (!lines.isEmpty()) {
                Table table = new Table(lines.getFirst().keySet().toArray(String[]::new));
                lines.forEach(line -> table.row(line.values().toArray()));
                System.out.print(table);
            }
        });
    }

    private List<PolicyCase> replay(TraceGroup group, int of) {
        MarketTraces markets = group.read();
        List<PolicyCase> cases = new ArrayList<>();
        for (int deadline : DEADLINES_HOURS) {
            List<Integer> from = Starts.spread(starts, markets, Duration.ofHours(deadline));
            for (String changeover : CHANGEOVERS_HOURS) {
                cases.add(PolicyCase.replay(group, markets, deadline, changeover, from));
            }
        }
        System.err.printf("%d of %d: %s%n", replayed.incrementAndGet(), of, group.text());
        return cases;
    }
}
