package dev.drover.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.drover.simulation.world.Seeds;
import dev.drover.simulation.world.WorldOptions.Kind;
import dev.drover.simulation.world.WorldReport;
import dev.drover.simulation.world.WorldTotals;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/world}: what {@code drover simulate world} does, with node-hours per second. */
@Command(
        name = "bench/world",
        mixinStandardHelpOptions = true,
        description =
                "Simulated worlds, a seed each: a whole pool in virtual time. Exit code 1 when a promise was broken.")
public final class Worlds implements Callable<Integer> {
    /** The compiler is busy with the first ones. */
    private static final int WARM_AFTER = 20;

    @Option(
            names = "--kind",
            defaultValue = "large",
            description =
                    "${COMPLETION-CANDIDATES}: a small pool to which everything happens, or a large one over days,"
                            + " as on a cloud (default: ${DEFAULT-VALUE}).")
    private Kind kind = Kind.LARGE;

    @Option(
            names = {"--seed", "--seeds"},
            defaultValue = "1..60",
            description = "From..to (default: ${DEFAULT-VALUE}).")
    private String seeds = "";

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    private final Clock thread =
            new Clock(() -> ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
    private final Clock process = new Clock(Worlds::processNanos);
    private final List<Double> nodeHours = new ArrayList<>();
    private final List<Double> decisions = new ArrayList<>();
    private int lived;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Worlds())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    @Override
    public Integer call() throws IOException {
        Seeds asked;
        try {
            asked = Seeds.parse(seeds);
        } catch (IllegalArgumentException e) {
            System.err.println("bench/world: " + e.getMessage());
            return 2;
        }
        WorldTotals totals = WorldTotals.of(kind, asked, this::lived);
        Report report = new Report("Simulated worlds: the pool's own decider in virtual time, on one thread");
        report.condition("kind", kind);
        report.condition("seeds", asked + ", one world each; rates are of those after the first " + WARM_AFTER);
        String limit = kind == Kind.LARGE ? "5000" : "";
        report.row("simulated node-hours per second of the thread", "h/s", thread.rates, "");
        report.row("the same, with the collector and the compiler", "h/s", process.rates, limit);
        report.row("node-hours of a world", "h", nodeHours, "");
        report.row("decisions of a world", "", decisions, "");
        report.row(
                "worlds in which a promise was broken",
                "",
                List.of((double) totals.broken().size()),
                "0");
        report.print(json);
        return totals.hold() ? 0 : 1;
    }

    private void lived(WorldReport report) {
        lived++;
        thread.lap(report.nodeHours(), lived > WARM_AFTER);
        process.lap(report.nodeHours(), lived > WARM_AFTER);
        nodeHours.add(report.nodeHours());
        decisions.add((double) report.decisions());
        if (!report.holds()) {
            System.err.println(report.describe());
        }
    }

    private static long processNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** Rates by what was computed, not by time that passed: others on the machine do not count. */
    private static final class Clock {
        private final LongSupplier cpuNanos;
        private final List<Double> rates = new ArrayList<>();
        private long before;

        Clock(LongSupplier cpuNanos) {
            this.cpuNanos = cpuNanos;
            this.before = cpuNanos.getAsLong();
        }

        void lap(double done, boolean counts) {
            long now = cpuNanos.getAsLong();
            if (counts) {
                rates.add(done * TimeUnit.SECONDS.toNanos(1) / (now - before));
            }
            before = now;
        }
    }
}
