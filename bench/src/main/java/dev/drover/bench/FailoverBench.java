package dev.drover.bench;

import dev.drover.dist.trial.ClusterTrial;
import dev.drover.dist.trial.Failover;
import dev.drover.dist.trial.Failover.Outcome;
import dev.drover.protocol.pool.LeaseSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/failover}: ends the scheduler that looks after a pool while jobs are submitted to it, again and again. */
@Command(
        name = "bench/failover",
        mixinStandardHelpOptions = true,
        description =
                "Three schedulers on PostgreSQL with fsync on, submissions to all of them; the one that looks after their"
                        + " pool is killed with -9, and the next is stopped. Exit code 1 when anything was lost, doubled or disturbed.")
public final class FailoverBench implements Callable<Integer> {
    private static final int SCHEDULERS = 3;
    private static final Duration BEFORE = Duration.ofSeconds(30);
    private static final Duration AFTER_KILL = Duration.ofSeconds(20);
    private static final Duration AFTER_STOP = Duration.ofSeconds(8);

    @Option(names = "--rounds", defaultValue = "3", description = "Of each kind (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(names = "--rate", defaultValue = "200", description = "Submissions per second (default: ${DEFAULT-VALUE}).")
    private int rate = 200;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public static void main(String[] args) {
        System.exit(new CommandLine(new FailoverBench()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, TimeoutException, SQLException {
        if (rounds < 1 || rate < 1 || rate > 10_000) {
            System.err.println("bench/failover: --rounds " + rounds + " --rate " + rate
                    + " is not allowed; use at least 1 round, and 1 to 10000 submissions per second");
            return 2;
        }
        List<Outcome> killed = new ArrayList<>();
        List<Outcome> stopped = new ArrayList<>();
        try (BenchPostgres postgres = BenchPostgres.start();
                ClusterTrial cluster = ClusterTrial.in(
                        Files.createTempDirectory(Files.createDirectories(BenchJob.outputs()), "failover-"),
                        postgres.create("failover"),
                        SCHEDULERS)) {
            for (int round = 1; round <= rounds; round++) {
                killed.add(play(cluster, "kill-" + round, true, AFTER_KILL));
                stopped.add(play(cluster, "stop-" + round, false, AFTER_STOP));
            }
        }
        return report(killed, stopped) ? 0 : 1;
    }

    private Outcome play(ClusterTrial cluster, String round, boolean kill, Duration after)
            throws IOException, InterruptedException, TimeoutException {
        Outcome outcome = Failover.play(cluster, round, LeaseSpec.DEFAULT, kill, rate, BEFORE, after);
        System.err.printf(
                "%s: %d submitted, longest silence %.1f s, met %s, %d violations%n",
                round,
                outcome.submitted(),
                outcome.silenceSeconds(),
                outcome.others(),
                outcome.violations().size());
        outcome.violations().forEach(System.err::println);
        return outcome;
    }

    /** Whether nothing was violated. */
    private boolean report(List<Outcome> killed, List<Outcome> stopped) throws IOException {
        List<Outcome> all = Stream.concat(killed.stream(), stopped.stream()).toList();
        int violations = all.stream().mapToInt(one -> one.violations().size()).sum();
        Set<String> met = new TreeSet<>();
        all.forEach(one -> met.addAll(one.others()));
        Report report = new Report("Failover: the scheduler that looks after a pool is ended under submissions");
        report.condition("schedulers", SCHEDULERS + " processes on loopback, default settings; PostgreSQL, fsync on");
        report.condition("load", rate + " submissions per second to all of them, and one training");
        report.condition("clients met", met);
        report.row("longest time without an answer, kill -9", "s", silence(killed), "12");
        report.row("longest time without an answer, SIGTERM", "s", silence(stopped), "3");
        report.row(
                "submissions of a round",
                "",
                all.stream().map(one -> (double) one.submitted()).toList(),
                "");
        report.row("lost, doubled or disturbed", "", List.of((double) violations), "0");
        report.print(json);
        return violations == 0;
    }

    private static List<Double> silence(List<Outcome> outcomes) {
        return outcomes.stream().map(Outcome::silenceSeconds).toList();
    }
}
