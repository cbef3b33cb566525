package dev.drover.bench;

import dev.drover.dist.demo.TelemetryPoint;
import dev.drover.dist.trial.Trial;
import dev.drover.protocol.api.AttemptView;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/recovery}: how long training stands still when a node goes, on the demo's model, in a whole Drover. */
@Command(
        name = "bench/recovery",
        mixinStandardHelpOptions = true,
        description = "Training gaps: eviction with notice to a warm and to a launched successor, and kill -9.")
public final class Recovery implements Callable<Integer> {
    private static final Duration NOTICE = Duration.ofSeconds(30);

    @Option(
            names = "--rounds",
            defaultValue = "10",
            description = "Evictions of each kind (default: ${DEFAULT-VALUE}).")
    private int rounds = 10;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** What is done to the node that runs the shard. */
    private enum Act {
        NOTICE,
        KILL
    }

    public static void main(String[] args) {
        System.exit(new CommandLine(new Recovery()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, TimeoutException {
        Report report = new Report("Recovery: what an eviction costs in training time");
        report.condition(
                "model", "3 layers, width 64, context 64, micro-batch 16 x 2, 1 thread, checkpoint every 20 steps");
        report.condition("rounds", rounds);
        try (Trial trial = Trial.under(BenchJob.outputs(), "recovery")) {
            report.row(
                    "last step to first step, notice, warm successor",
                    "s",
                    measure(trial, "warm", 2, Act.NOTICE),
                    "<= 1");
            report.row(
                    "last step to first step, notice, launched successor",
                    "s",
                    measure(trial, "cold", 0, Act.NOTICE),
                    "");
            report.row("kill -9 to first step, warm spare", "s", measure(trial, "killwarm", 2, Act.KILL), "<= 10");
            report.row("kill -9 to first step, no spare", "s", measure(trial, "killcold", 0, Act.KILL), "<= 10");
            TorchPeer.compare(report, trial, !json);
        }
        report.print(json);
        return 0;
    }

    private List<Double> measure(Trial trial, String name, int minNodes, Act act)
            throws IOException, InterruptedException, TimeoutException {
        PoolSpec pool = trial.pool(name, minNodes);
        JobId job = trial.api().submit(BenchJob.small(pool, trial.text(), 1_000_000, 20), name);
        List<Double> gaps = new ArrayList<>();
        List<Instant> acts = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            int generation = round;
            JobView view = trial.await(job, seen -> Trial.isRunning(seen, generation) && stepsMade(seen) >= 25);
            trial.awaitNodes(pool);
            NodeId node = view.shards().getFirst().node().orElseThrow();
            acts.add(Instant.now());
            switch (act) {
                case NOTICE -> trial.cloud().evict(node, NOTICE);
                case KILL -> trial.cloud().kill(node);
            }
            trial.await(job, seen -> Trial.isRunning(seen, generation + 1));
            progress("%s: round %d of %d".formatted(name, round, rounds));
        }
        JobView view = trial.await(job, seen -> Trial.isRunning(seen, rounds + 1) && stepsMade(seen) >= 25);
        List<TelemetryPoint> points = trial.api().telemetry(job);
        for (int round = 1; round <= rounds; round++) {
            long from = act == Act.KILL
                    ? acts.get(round - 1).toEpochMilli()
                    : edge(points, round, true).orElseThrow();
            gaps.add((edge(points, round + 1, false).orElseThrow() - from) / 1000.0);
        }
        trial.api().cancel(view.id());
        trial.api().putPool(pool.withNodes(0, 0));
        return gaps;
    }

    private static int stepsMade(JobView view) {
        AttemptView last = view.shards().getFirst().attempts().getLast();
        return view.shards().getFirst().step() - last.resumedFromStep();
    }

    private static Optional<Long> edge(List<TelemetryPoint> points, int generation, boolean last) {
        return points.stream()
                .filter(point -> point.generation() == generation)
                .map(TelemetryPoint::epochMillis)
                .reduce((one, other) -> last ? Math.max(one, other) : Math.min(one, other));
    }

    private static void progress(String text) {
        System.err.println(text);
    }
}
