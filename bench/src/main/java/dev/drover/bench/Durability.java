package dev.drover.bench;

import dev.drover.dist.trial.SubmissionDurability;
import dev.drover.dist.trial.SubmissionDurability.Round;
import dev.drover.dist.trial.Trial;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/durability}: submits jobs, kills the controller meanwhile, and counts what is left; round after round. */
@Command(
        name = "bench/durability",
        mixinStandardHelpOptions = true,
        description = "Submissions in flight, kill -9 of the controller, restart: nothing lost, nothing twice."
                + " Exit code 1 when something was.")
public final class Durability implements Callable<Integer> {
    private static final int MOST_JOBS = 1000;

    @Option(names = "--rounds", defaultValue = "20", description = "Kills (default: ${DEFAULT-VALUE}).")
    private int rounds = 20;

    @Option(names = "--jobs", defaultValue = "500", description = "Jobs per round (default: ${DEFAULT-VALUE}).")
    private int jobs = 500;

    @Option(names = "--seed", defaultValue = "1", description = "Decides the moments of the kills (default: 1).")
    private long seed = 1;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Durability()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, TimeoutException {
        if (rounds < 1 || jobs < 2 || jobs > MOST_JOBS) {
            System.err.println("bench/durability: --rounds " + rounds + " --jobs " + jobs
                    + " is not allowed; use at least 1 round, and 2 to " + MOST_JOBS + " jobs");
            return 2;
        }
        SplittableRandom random = new SplittableRandom(seed);
        List<Round> played = new ArrayList<>();
        List<String> violations = new ArrayList<>();
        System.err.printf(
                "%5s %6s %12s %12s %8s %8s %10s  %s%n",
                "round", "jobs", "killed after", "acknowledged", "found", "jobs made", "restart s", "violations");
        for (int number = 1; number <= rounds; number++) {
            Round round = play(random, violations);
            played.add(round);
            System.err.printf(
                    "%5d %6d %12d %12d %8d %8d %10.1f  %d%n",
                    number,
                    round.jobs(),
                    round.killedAfter(),
                    round.acknowledged(),
                    round.found(),
                    round.distinct(),
                    round.restartSeconds(),
                    round.violations().size());
        }
        violations.forEach(System.err::println);
        Report report = new Report("Durability: submissions in flight when the controller is killed with -9");
        report.condition("rounds", rounds);
        report.condition("jobs", jobs + " per round, over 8 connections; 2 more finish before the kill");
        report.condition("seed", seed);
        row(report, played, "acknowledged before the kill", "", Round::acknowledged);
        row(report, played, "acknowledged and lost", "0", round -> round.acknowledged() - round.found());
        row(report, played, "jobs after every key was submitted three times", "" + jobs, Round::distinct);
        row(
                report,
                played,
                "violations of any kind",
                "0",
                round -> round.violations().size());
        report.row(
                "kill -9 to ready again",
                "s",
                played.stream().map(Round::restartSeconds).toList(),
                "");
        report.print(json);
        return violations.isEmpty() ? 0 : 1;
    }

    private Round play(SplittableRandom random, List<String> violations)
            throws IOException, InterruptedException, TimeoutException {
        try (Trial trial = Trial.under(BenchJob.outputs(), "durability")) {
            Round round = SubmissionDurability.play(trial, jobs, random.split());
            violations.addAll(round.violations());
            Optional<String> left = trial.end();
            left.ifPresent(violations::add);
            return round;
        }
    }

    private static void row(
            Report report, List<Round> rounds, String name, String limit, ToDoubleFunction<Round> figure) {
        report.row(name, "", rounds.stream().map(figure::applyAsDouble).toList(), limit);
    }
}
