package dev.drover.bench;

import dev.drover.dist.demo.TelemetryPoint;
import dev.drover.dist.trial.Trial;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/checkpoint}: what saving every 20 steps costs in throughput, in a whole Drover. */
@Command(
        name = "bench/checkpoint",
        mixinStandardHelpOptions = true,
        description = "Throughput with a checkpoint every 20 steps against none but the last, in turn in one run.")
public final class CheckpointCost implements Callable<Integer> {
    private static final int EVERY = 20;

    @Option(names = "--rounds", defaultValue = "5", description = "Pairs of runs (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--steps", defaultValue = "200", description = "Steps per run (default: ${DEFAULT-VALUE}).")
    private int steps = 200;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public static void main(String[] args) {
        System.exit(new CommandLine(new CheckpointCost()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, TimeoutException {
        Report report = new Report("Checkpoints: what saving every " + EVERY + " steps costs");
        report.condition("model", "4 layers, width 192, context 128 (1.6 M parameters), micro-batch 8, 1 thread");
        report.condition("steps", steps + " per run, the first 20 not counted");
        List<Double> with = new ArrayList<>();
        List<Double> without = new ArrayList<>();
        List<Double> costs = new ArrayList<>();
        List<Double> pauses = new ArrayList<>();
        try (Trial trial = Trial.under(BenchJob.outputs(), "checkpoint")) {
            PoolSpec pool = trial.pool("checkpoint", 1);
            for (int round = 1; round <= rounds; round++) {
                List<TelemetryPoint> plain = run(trial, pool, 1_000_000, "plain-" + round);
                List<TelemetryPoint> saving = run(trial, pool, EVERY, "saving-" + round);
                without.add(stepsPerSecond(plain));
                with.add(stepsPerSecond(saving));
                costs.add((stepsPerSecond(plain) / stepsPerSecond(saving) - 1) * 100);
                saving.stream()
                        .map(TelemetryPoint::pauseMillis)
                        .filter(pause -> pause > 0)
                        .forEach(pauses::add);
                System.err.println("round " + round + " of " + rounds);
            }
        }
        report.row("steps/s, no checkpoints", "1/s", without, "");
        report.row("steps/s, a checkpoint every " + EVERY + " steps", "1/s", with, "");
        report.row("cost of checkpoints, pair by pair", "%", costs, "< 5");
        report.row("pause per checkpoint, from telemetry", "ms", pauses, "");
        report.print(json);
        return 0;
    }

    private List<TelemetryPoint> run(Trial trial, PoolSpec pool, int every, String key)
            throws IOException, InterruptedException, TimeoutException {
        JobId job = trial.api().submit(BenchJob.medium(pool, trial.text(), steps, every), key);
        trial.await(job, view -> view.state().isFinal());
        return trial.api().history(job);
    }

    private static double stepsPerSecond(List<TelemetryPoint> points) {
        List<Long> times = points.stream()
                .filter(point -> point.step() >= EVERY)
                .map(TelemetryPoint::epochMillis)
                .sorted()
                .toList();
        return (times.size() - 1) * 1000.0 / (times.getLast() - times.getFirst());
    }
}
