package dev.drover.bench.chaos;

import dev.drover.bench.Report;
import dev.drover.bench.chaos.Campaign.Outcome;
import dev.drover.bench.chaos.Campaign.Settings;
import dev.drover.bench.chaos.check.Checks;
import dev.drover.bench.chaos.check.Story;
import dev.drover.bench.chaos.check.Violation;
import dev.drover.bench.chaos.history.Entry;
import dev.drover.bench.chaos.history.FaultPlan;
import dev.drover.dist.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/chaos}: a fault campaign. */
@Command(
        name = "bench/chaos",
        mixinStandardHelpOptions = true,
        description =
                "A whole Drover of real processes to which everything happens while jobs are submitted, and whether every"
                        + " promise was kept. Exit code 1 when one was broken.")
public final class ChaosBench implements Callable<Integer> {
    private static final Duration AROUND = Duration.ofSeconds(45);
    private static final int MOST_PRINTED = 8;

    @Option(names = "--seed", defaultValue = "1", description = "Of the campaign (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--faults", defaultValue = "20", description = "How many (default: ${DEFAULT-VALUE}).")
    private int faults = 20;

    @Option(names = "--jobs", defaultValue = "2", description = "Live at a time (default: ${DEFAULT-VALUE}).")
    private int jobs = 2;

    @Option(
            names = "--specs",
            defaultValue = "3",
            description = "Of jobs, each first run undisturbed (default: ${DEFAULT-VALUE}).")
    private int specs = 3;

    @Option(
            names = "--lease",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "Of the pool (default: ${DEFAULT-VALUE}, as of every pool).")
    private int lease = 15;

    @Option(names = "--loopback", description = "No network namespaces, though there could be.")
    private boolean loopback;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description = "Go on with the interrupted campaign in that directory.")
    private Optional<Path> resume = Optional.empty();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public static void main(String[] args) {
        System.exit(new CommandLine(new ChaosBench()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, TimeoutException, SQLException {
        if (faults < 1 || faults > 10_000 || jobs < 1 || jobs > 50 || specs < 1 || specs > 20 || lease < 3) {
            System.err.println("bench/chaos: --faults " + faults + " --jobs " + jobs + " --specs " + specs
                    + " is not allowed; use 1 to 10000 faults, 1 to 50 jobs, 1 to 20 specs and a lease of 3 s or more");
            return 2;
        }
        Path directory = resume.isPresent() ? resume.get().toAbsolutePath() : fresh();
        Settings settings = Settings.read(directory);
        System.err.println("campaign in " + directory);
        Outcome outcome = new Campaign(directory, settings).run();
        return report(directory, settings, outcome) ? 0 : 1;
    }

    private Path fresh() throws IOException {
        Path outputs = Files.createDirectories(Programs.root().resolve("bench/target/chaos"));
        Path directory = Files.createTempDirectory(outputs, "seed-" + seed + "-");
        String tag = "dc" + Long.toString(ProcessHandle.current().pid() % 1_679_616, 36);
        new Settings(seed, faults, jobs, specs, Duration.ofSeconds(lease), loopback, tag).write(directory);
        return directory;
    }

    /** Whether every promise was kept. */
    private boolean report(Path directory, Settings settings, Outcome outcome) throws IOException {
        Story story = outcome.story();
        Map<String, List<Violation>> found = Checks.all(story);
        Report report = new Report("Fault campaign");
        report.condition(
                "campaign",
                "seed %d, %d faults, %.0f s on average apart, %d jobs at a time; %.0f s in all"
                        .formatted(
                                settings.seed(),
                                settings.faults(),
                                FaultPlan.MEAN.toMillis() / 1e3,
                                settings.jobs(),
                                outcome.seconds()));
        report.condition("hosts", outcome.hosts());
        report.condition("left out", outcome.missing().isEmpty() ? "nothing" : String.join("; ", outcome.missing()));
        report.condition(
                "settings",
                "product defaults, but: lease %d s (15), backoff 1 s to 5 s (5 s to 5 min), idle time-out 40 s (2 min); PostgreSQL with fsync on"
                        .formatted(settings.lease().toSeconds()));
        report.condition("directory", directory);
        one(report, "faults done", story.faults().size(), "");
        one(report, "faults that found nothing to hit", count(story, Entry.FaultSkipped.class), "");
        one(
                report,
                "submissions answered",
                story.acknowledged().stream()
                        .map(Entry.Acknowledged::key)
                        .distinct()
                        .count(),
                "");
        one(report, "schedulers that ended by themselves", count(story, Entry.SchedulerEnded.class), "");
        one(report, "generations granted", story.grants(), "");
        found.forEach((promise, broken) -> one(report, promise, broken.size(), "0"));
        if (json) {
            report.condition(
                    "broken",
                    found.values().stream()
                            .flatMap(List::stream)
                            .map(Violation::toString)
                            .toList());
        }
        report.print(json);
        boolean kept = found.values().stream().allMatch(List::isEmpty);
        if (!kept) {
            explain(settings, story, found);
        }
        return kept;
    }

    private static long count(Story story, Class<? extends Entry> kind) {
        return story.history().stream().filter(kind::isInstance).count();
    }

    private static void one(Report report, String name, long value, String limit) {
        report.row(name, "", List.of((double) value), limit);
    }

    private static void explain(Settings settings, Story story, Map<String, List<Violation>> found) {
        found.values().stream().flatMap(List::stream).limit(MOST_PRINTED).forEach(violation -> {
            System.err.println("\nBROKEN: " + violation);
            story.faults().stream()
                    .filter(fault -> !fault.began().at().isAfter(violation.at().plus(AROUND))
                            && !fault.to().isBefore(violation.at().minus(AROUND)))
                    .forEach(fault -> System.err.println("  around it: " + fault));
        });
        System.err.printf(
                "%nAgain, as far as time allows: bench/chaos --seed %d --faults %d --jobs %d --specs %d --lease %d%s%n",
                settings.seed(),
                settings.faults(),
                settings.jobs(),
                settings.specs(),
                settings.lease().toSeconds(),
                settings.loopback() ? " --loopback" : "");
    }
}
