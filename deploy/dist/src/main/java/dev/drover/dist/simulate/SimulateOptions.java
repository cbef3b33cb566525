package dev.drover.dist.simulate;

import dev.drover.simulation.trace.Contender;
import dev.drover.simulation.trace.MarketTraces;
import dev.drover.simulation.trace.SpotPrices;
import dev.drover.simulation.trace.Starts;
import dev.drover.simulation.trace.TraceException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is to be simulated, as it is typed. Everything is looked at before anything is replayed. */
final class SimulateOptions {
    private static final int MOST_STARTS = 100_000;
    private static final String TRACE = ".json";

    @Option(
            names = "--trace-dir",
            paramLabel = "DIR",
            description =
                    "Traces, one ZONE.json each: {\"metadata\":{\"gap_seconds\":G},\"data\":[instances by tick]}.")
    private @Nullable Path traceDir;

    @Option(
            names = "--zones",
            split = ",",
            paramLabel = "A+B",
            description = "Zones that a job may use together, a+b; several groups by comma (default: each zone alone).")
    private List<String> zones = new ArrayList<>();

    @Option(
            names = "--prices",
            defaultValue = "flat:0.918",
            paramLabel = "PRICES",
            description = "Spot prices per hour of all that the job needs: flat:PRICE, or a CSV file of"
                    + " zone,tick,usd_per_hour in which a price holds until the next (default: ${DEFAULT-VALUE}).")
    private String prices = "";

    @Option(
            names = "--on-demand",
            defaultValue = "3.06",
            paramLabel = "PRICE",
            description = "Price per hour on demand (default: ${DEFAULT-VALUE}).")
    private String onDemand = "";

    @Option(
            names = "--policy",
            split = ",",
            defaultValue = "adaptive",
            paramLabel = "NAME",
            description = "greedy, uniform-progress, adaptive, or optimum, the best plan in hindsight; several by"
                    + " comma (default: ${DEFAULT-VALUE}).")
    private List<String> policies = new ArrayList<>();

    @Option(
            names = "--compute-hours",
            defaultValue = "48",
            paramLabel = "H",
            description = "What the job computes, undisturbed (default: ${DEFAULT-VALUE}).")
    private String computeHours = "";

    @Option(
            names = "--deadline-hours",
            split = ",",
            defaultValue = "60",
            paramLabel = "H",
            description = "The time it has; several by comma (default: ${DEFAULT-VALUE}).")
    private List<String> deadlineHours = new ArrayList<>();

    @Option(
            names = "--changeover-hours",
            split = ",",
            defaultValue = "0.2",
            paramLabel = "H",
            description = "How long a launched instance is paid for before it works; several by comma (default:"
                    + " ${DEFAULT-VALUE}).")
    private List<String> changeoverHours = new ArrayList<>();

    @Option(
            names = "--starts",
            paramLabel = "N",
            description =
                    "How many starts, spread evenly: floor(i (n - L) / N) of n ticks, L = ceil(max(92 h, deadline)"
                            + " / tick) + 1 (default: 1).")
    private @Nullable String starts;

    @Option(
            names = "--start-ticks",
            split = ",",
            paramLabel = "T",
            description = "The ticks to start at, by comma, in place of --starts.")
    private List<String> startTicks = new ArrayList<>();

    @Option(
            names = "--min-count",
            defaultValue = "1",
            paramLabel = "K",
            description = "How many instances a zone must have to count as open: the size of a gang (default:"
                    + " ${DEFAULT-VALUE}).")
    private String minCount = "";

    /** @throws TraceException if one is not known, or named twice */
    List<Contender> policies() {
        return once("policy", policies).stream().map(Contender::named).toList();
    }

    /**
     * The jobs to replay, in the order of zones, deadlines, changeovers.
     *
     * @throws TraceException if any value is not allowed, or a trace can't be read
     */
    List<Job> jobs() {
        // Not required of picocli, which would ask for it before a subcommand, too.
        if (traceDir == null) {
            throw new TraceException("trace-dir is missing; use a directory with a ZONE.json per zone");
        }
        Path directory = traceDir.toAbsolutePath().normalize();
        if (!Files.isDirectory(directory)) {
            throw new TraceException("trace-dir: " + directory + " is no directory; use one with a ZONE.json per zone");
        }
        double onDemandPerHour = Typed.price("on-demand", onDemand);
        int leastCount = Typed.whole("min-count", minCount, 1, Integer.MAX_VALUE);
        List<Job.Hours> terms = terms();
        SpotPrices spotPrices = SpotPrices.parse(prices);
        List<Job> jobs = new ArrayList<>();
        for (String group : zones.isEmpty() ? zonesOf(directory) : once("zones", zones)) {
            List<String> together = once("zones", List.of(group.split("\\+", -1)));
            MarketTraces traces = MarketTraces.read(directory, together, spotPrices, leastCount);
            for (Job.Hours hours : terms) {
                jobs.add(new Job(
                        directory.getFileName().toString(),
                        group,
                        traces,
                        hours,
                        hours.terms(onDemandPerHour),
                        startsOf(traces, hours, onDemandPerHour)));
            }
        }
        return jobs;
    }

    private List<Job.Hours> terms() {
        BigDecimal compute = Typed.hours("compute-hours", computeHours);
        List<Job.Hours> terms = new ArrayList<>();
        for (String deadline : once("deadline-hours", deadlineHours)) {
            for (String changeover : once("changeover-hours", changeoverHours)) {
                terms.add(new Job.Hours(
                        compute,
                        Typed.hours("deadline-hours", deadline),
                        Typed.hoursOrNone("changeover-hours", changeover)));
            }
        }
        return terms;
    }

    private List<Integer> startsOf(MarketTraces traces, Job.Hours hours, double onDemandPerHour) {
        if (startTicks.isEmpty()) {
            int count = starts == null ? 1 : Typed.whole("starts", starts, 1, MOST_STARTS);
            return Starts.spread(count, traces, hours.terms(onDemandPerHour).deadline());
        }
        if (starts != null) {
            throw new TraceException("starts: '" + starts + "' can't be used with --start-ticks; use one of them");
        }
        return startTicks.stream()
                .map(tick -> Typed.whole("start-ticks", tick, 0, traces.ticks() - 1))
                .toList();
    }

    private static List<String> zonesOf(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            List<String> found = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(TRACE))
                    .map(name -> name.substring(0, name.length() - TRACE.length()))
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new TraceException("trace-dir: there is no ZONE.json in " + directory);
            }
            return found;
        } catch (IOException e) {
            throw new TraceException("trace-dir: " + directory + " can't be listed: " + e.getMessage());
        }
    }

    private static List<String> once(String option, List<String> values) {
        if (new HashSet<>(values).size() < values.size()) {
            throw new TraceException(option + ": '" + String.join(",", values) + "' names one twice; use each once");
        }
        return values;
    }
}
