package dev.drover.bench;

import dev.drover.simulation.world.World;
import dev.drover.simulation.world.WorldOptions;
import dev.drover.simulation.world.WorldOptions.Kind;
import dev.drover.simulation.world.WorldReport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/world}: lives through simulated worlds on one thread, holds every promise against each, and counts node-hours per second. */
@Command(
        name = "bench/world",
        mixinStandardHelpOptions = true,
        description =
                "Simulated worlds, a seed each: a whole pool in virtual time. Exit code 1 when a promise was broken.")
public final class Worlds implements Callable<Integer> {
    private static final Pattern SEEDS = Pattern.compile("(\\d{1,18})\\.\\.(\\d{1,18})");
    private static final int TELL_EVERY = 100;

    @Option(
            names = "--kind",
            defaultValue = "LARGE",
            description =
                    "${COMPLETION-CANDIDATES}: a small pool to which everything happens, or a large one over days,"
                            + " as on a cloud (default: ${DEFAULT-VALUE}).")
    private Kind kind = Kind.LARGE;

    @Option(names = "--seeds", defaultValue = "1..10", description = "From..to (default: ${DEFAULT-VALUE}).")
    private String seeds = "1..10";

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    private final List<Double> perSecond = new ArrayList<>();
    private final List<Double> nodeHours = new ArrayList<>();
    private final List<Double> decisions = new ArrayList<>();
    private int broken;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Worlds())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    @Override
    public Integer call() throws IOException {
        Matcher range = SEEDS.matcher(seeds);
        if (!range.matches() || Long.parseLong(range.group(1)) > Long.parseLong(range.group(2))) {
            System.err.println("bench/world: --seeds " + seeds + " is not allowed; use FROM..TO, as 1..200");
            return 2;
        }
        long last = Long.parseLong(range.group(2));
        for (long seed = Long.parseLong(range.group(1)); seed <= last; seed++) {
            live(seed);
            if (seed % TELL_EVERY == 0) {
                System.err.printf("seed %d, %d worlds broken so far%n", seed, broken);
            }
        }
        Report report = new Report("Simulated worlds: the pool's own decider in virtual time, on one thread");
        report.condition("kind", kind);
        report.condition("seeds", seeds + ", one world each; the first ones warm the machine up");
        report.row("simulated node-hours per second of one core", "h/s", perSecond, kind == Kind.LARGE ? "5000" : "");
        report.row("node-hours of a world", "h", nodeHours, "");
        report.row("decisions of a world", "", decisions, "");
        report.row("worlds in which a promise was broken", "", List.of((double) broken), "0");
        report.print(json);
        return broken == 0 ? 0 : 1;
    }

    private void live(long seed) {
        long begun = cpuNanos();
        WorldReport report = World.run(new WorldOptions(seed, kind));
        double seconds = (cpuNanos() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
        perSecond.add(report.nodeHours() / seconds);
        nodeHours.add(report.nodeHours());
        decisions.add((double) report.decisions());
        if (!report.holds()) {
            broken++;
            System.err.println(report.describe());
        }
    }

    /** What this thread has computed: others on the machine do not count. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
