package dev.drover.bench;

import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/decide}: what one input costs a pool, by what the pool holds. */
@Command(
        name = "bench/decide",
        mixinStandardHelpOptions = true,
        description = "Time to decide on one input, in pools of 100 and 1,000 nodes with up to 100,000 live shards.")
public final class Decide implements Callable<Integer> {
    private static final int WARM_UP_SECONDS = 5;

    @Option(names = "--seconds", defaultValue = "5", description = "Seconds per row (default: ${DEFAULT-VALUE}).")
    private int seconds = 5;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** What is measured, in the order of the table. */
    private enum Operation {
        REPORT("steadyReport", "a report with nothing new"),
        START("reportThatStartsAShard", "a report that starts a shard"),
        END("reportThatEndsAShard", "a report that ends a shard"),
        LOSS("lossOfANode", "the loss of a node"),
        SUBMISSION("submission", "a submission"),
        TICK("tick", "a tick");

        private final String method;
        private final String title;

        Operation(String method, String title) {
            this.method = method;
            this.title = title;
        }
    }

    /**
     * One line of the table.
     *
     * @param growth the median over that of the operation's first line
     */
    record Line(
            String operation,
            int nodes,
            int liveShards,
            long samples,
            double meanMillis,
            double p50Millis,
            double p99Millis,
            double growth) {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Decide()).execute(args));
    }

    @Override
    public Integer call() throws RunnerException, IOException {
        Report report = new Report("Deciding: what one input costs a pool");
        report.condition(
                "jvm", String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
        report.condition(
                "measured",
                "observe, decide and apply; %d s a row, %d s before it".formatted(seconds, WARM_UP_SECONDS));
        report.condition("pool", "full, ten shards on each node; the other live shards wait. Ten shards a job");
        List<Line> lines = new ArrayList<>();
        for (Operation operation : Operation.values()) {
            for (RunResult result : run(operation)) {
                Line line = line(operation, result, lines);
                lines.add(line);
                System.err.printf("%s %d/%d: %.3f ms%n", line.operation, line.nodes, line.liveShards, line.meanMillis);
            }
        }
        if (json) {
            Map<String, Object> all = report.conditions();
            all.put("rows", lines);
            System.out.println(DroverJson.mapper().writeValueAsString(all));
        } else {
            print(report, lines);
        }
        return 0;
    }

    private Iterable<RunResult> run(Operation operation) throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include(DecideBenchmark.class.getName() + "." + operation.method + "$")
                        .mode(Mode.SampleTime)
                        .timeUnit(TimeUnit.MILLISECONDS)
                        .warmupIterations(WARM_UP_SECONDS)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(seconds)
                        .measurementTime(TimeValue.seconds(1))
                        .forks(1)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
    }

    private static Line line(Operation operation, RunResult result, List<Line> before) {
        Statistics times = result.getPrimaryResult().getStatistics();
        String[] pool = result.getParams().getParam("pool").split("/", 2);
        double median = times.getPercentile(50);
        double first = before.stream()
                .filter(line -> line.operation.equals(operation.title))
                .map(Line::p50Millis)
                .findFirst()
                .orElse(median);
        return new Line(
                operation.title,
                Integer.parseInt(pool[0]),
                Integer.parseInt(pool[1]),
                times.getN(),
                times.getMean(),
                median,
                times.getPercentile(99),
                median / first);
    }

    private static void print(Report report, List<Line> lines) {
        report.printConditions();
        System.out.printf(
                "%n%-30s %6s %8s %9s %9s %9s %9s %8s%n",
                "", "nodes", "shards", "samples", "mean ms", "p50 ms", "p99 ms", "growth");
        for (Line line : lines) {
            System.out.printf(
                    "%-30s %6d %8d %9d %9.3f %9.3f %9.3f %7.1fx%n",
                    line.operation,
                    line.nodes,
                    line.liveShards,
                    line.samples,
                    line.meanMillis,
                    line.p50Millis,
                    line.p99Millis,
                    line.growth);
        }
    }
}
