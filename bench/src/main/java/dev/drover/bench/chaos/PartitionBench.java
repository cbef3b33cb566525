package dev.drover.bench.chaos;

import dev.drover.bench.BenchJob;
import dev.drover.bench.Report;
import dev.drover.bench.chaos.Partition.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/partition}: two nodes are cut off for minutes, one with a spare node to take its work, one without. */
@Command(
        name = "bench/partition",
        mixinStandardHelpOptions = true,
        description =
                "Two nodes that train are cut off from every scheduler and joined again: one whose pool has a spare node, one"
                        + " whose pool gets no other. Exit code 1 when a promise was broken.")
public final class PartitionBench implements Callable<Integer> {
    @Option(names = "--minutes", defaultValue = "10", description = "Of the cut (default: ${DEFAULT-VALUE}).")
    private int minutes = 10;

    @Option(
            names = "--steps",
            defaultValue = "12000",
            description = "Of the training: more than are made in that time (default: ${DEFAULT-VALUE}).")
    private int steps = 12_000;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public static void main(String[] args) {
        System.exit(new CommandLine(new PartitionBench()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, TimeoutException, SQLException {
        if (minutes < 1 || steps < 1) {
            System.err.println("bench/partition: --minutes " + minutes + " --steps " + steps
                    + " is not allowed; use 1 or more of each");
            return 2;
        }
        Path directory = Files.createTempDirectory(Files.createDirectories(BenchJob.outputs()), "partition-");
        long began = System.nanoTime();
        Outcome outcome = Partition.play(
                directory.toRealPath(),
                steps,
                Duration.ofMinutes(minutes),
                what -> System.err.printf("[%6.1f s] %s%n", (System.nanoTime() - began) / 1e9, what));
        Report report = new Report("A node is cut off from every scheduler");
        report.condition("hosts", outcome.hosts());
        report.condition(
                "cut",
                minutes + " minutes; every setting but the idle time-out and back-off is the default, the lease 15 s");
        report.condition("job", "one shard of " + steps + " steps, a checkpoint every 100");
        seconds(report, "with a spare: from the cut until it trains there", outcome.moved());
        seconds(report, "with a spare: from the cut until the old training is ended", outcome.fenced());
        seconds(report, "without: from the healing until it is adopted", outcome.adopted());
        report.row("without: steps made meanwhile", "", List.of((double) outcome.trainedMeanwhile()), "");
        report.row("promises broken", "", List.of((double) outcome.broken().size()), "0");
        report.print(json);
        outcome.broken().forEach(broken -> System.err.println("BROKEN: " + broken));
        return outcome.broken().isEmpty() ? 0 : 1;
    }

    private static void seconds(Report report, String name, Duration time) {
        report.row(name, "s", List.of(time.toMillis() / 1e3), "");
    }
}
