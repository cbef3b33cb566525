package dev.drover.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Slurm on the same machine, by the script beside the checkout: it needs root and Debian's packages, and ends what it started. */
public final class SlurmPeer {
    /** As {@code dispatch_jobs_default_64n n=2000 secs=24.5 rate=81.6/s ...}. */
    private static final Pattern RATE =
            Pattern.compile("((?:dispatch|submit)_\\w+) n=\\d+ secs=[0-9.]+ rate=([0-9.]+)/s.*");

    /** As {@code evict_down_default_1 requeued_after=0.61s restarted_after=175.02s}. */
    private static final Pattern RESTART = Pattern.compile("(\\w+) requeued_after=\\S+ restarted_after=([0-9.]+)s.*");

    private SlurmPeer() {}

    /**
     * Adds a row for each figure of that section, or says among the conditions why there is none.
     *
     * @return the figures by the script's names
     */
    public static Map<String, Double> measure(Path shared, String section, Report report)
            throws IOException, InterruptedException {
        Path script = shared.resolve("peers/slurm_peer.sh");
        if (!Files.exists(script) || !Files.isExecutable(Path.of("/usr/sbin/slurmctld"))) {
            report.condition("slurm", "left out: " + script + " or slurmctld is not there");
            return Map.of();
        }
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString(), section).redirectErrorStream(true);
        builder.environment().put("QUIET_TRIES", "1");
        builder.environment()
                .put(
                        "T",
                        Files.createDirectories(BenchJob.outputs().resolve("slurm"))
                                .toString());
        builder.environment().put("REPS", "1");
        Map<String, Double> figures = new LinkedHashMap<>();
        Process process = builder.start();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.err.println("slurm: " + line);
                figure(line).ifPresent(figure -> {
                    report.row("Slurm: " + figure.name(), figure.unit(), List.of(figure.value()), "");
                    figures.put(figure.name(), figure.value());
                });
            }
        }
        report.condition(
                "slurm",
                "slurm_peer.sh " + section + ", afterwards on the same machine; ended with " + process.waitFor());
        return figures;
    }

    private record Figure(String name, String unit, double value) {}

    private static Optional<Figure> figure(String line) {
        Matcher rate = RATE.matcher(line);
        if (rate.matches()) {
            return Optional.of(new Figure(rate.group(1), "1/s", Double.parseDouble(rate.group(2))));
        }
        Matcher restart = RESTART.matcher(line);
        return restart.matches()
                ? Optional.of(new Figure(restart.group(1), "s", Double.parseDouble(restart.group(2))))
                : Optional.empty();
    }
}
