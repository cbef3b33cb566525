package dev.drover.bench;

import dev.drover.dist.demo.TelemetryPoint;
import dev.drover.dist.trial.Trial;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/realinput}: real text to a real loss, through two evictions and a kill -9 of {@code up}. */
@Command(
        name = "bench/realinput",
        mixinStandardHelpOptions = true,
        description = "Trains 2 shards on Tiny Shakespeare through an eviction with notice, a killed controller and a"
                + " killed node. Exit code 1 when the loss is not reached.")
public final class RealInput implements Callable<Integer> {
    private static final double LIMIT = 2.3;
    private static final double BIGRAM = 2.45;
    private static final int SHARDS = 2;
    private static final Duration NOTICE = Duration.ofSeconds(30);

    @Option(
            names = "--shared",
            description = "Directory with data/tinyshakespeare/input.txt (default: -Ddrover.shared, else ../shared).")
    private @Nullable Path shared;

    @Option(names = "--steps", defaultValue = "800", description = "Steps per shard (default: ${DEFAULT-VALUE}).")
    private int steps = 800;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public static void main(String[] args) {
        System.exit(new CommandLine(new RealInput()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, TimeoutException {
        Path text = BenchJob.shared(Optional.ofNullable(shared)).resolve("data/tinyshakespeare/input.txt");
        if (!Files.isReadable(text)) {
            System.err.println("bench/realinput: " + text + " is not there, and it trains on nothing else;"
                    + " name the directory it is in with --shared DIR");
            return 2;
        }
        Report report = new Report("Real input: the loss on text that was never trained on");
        report.condition(
                "data", text.getFileName() + ", " + Files.size(text) + " bytes, the last 10 % never trained on");
        report.condition("model", "4 layers, width 192, 6 heads, context 128, micro-batch 8, 1 thread");
        report.condition("steps", steps + " per shard, " + SHARDS + " shards, a checkpoint every 20");
        report.condition("bigram", BIGRAM + " nats per byte");
        try (Trial trial = Trial.under(BenchJob.outputs(), "realinput")) {
            PoolSpec pool = trial.pool("real", SHARDS + 1, SHARDS + 4, LeaseSpec.DEFAULT);
            long began = System.nanoTime();
            JobView done = train(trial, pool, text.toAbsolutePath().normalize());
            report.condition(
                    "seconds", Duration.ofNanos(System.nanoTime() - began).toSeconds());
            report.condition(
                    "generations",
                    done.shards().stream().map(ShardView::generation).toList());
            boolean reached = true;
            List<TelemetryPoint> points = trial.api().history(done.id());
            for (int shard = 0; shard < SHARDS; shard++) {
                double loss = lastEvalLoss(points, shard);
                reached &= loss < LIMIT;
                report.row("evaluation loss, shard " + shard, "nats", List.of(loss), "< " + LIMIT);
            }
            Optional<String> left = trial.end();
            left.ifPresent(System.err::println);
            report.print(json);
            return reached && left.isEmpty() ? 0 : 1;
        }
    }

    private JobView train(Trial trial, PoolSpec pool, Path text)
            throws IOException, InterruptedException, TimeoutException {
        JobId job = trial.api().submit(BenchJob.shakespeare(pool, text, SHARDS, steps), "realinput");
        NodeId noticed = nodeOf(reached(trial, job, steps / 5), 0);
        progress("evicting " + noticed + " (shard 0) with " + NOTICE.toSeconds() + " s notice");
        trial.cloud().evict(noticed, NOTICE);
        trial.await(job, view -> moved(view, 0));
        reached(trial, job, steps * 2 / 5);
        progress("kill -9 of the controller");
        trial.world().killController();
        trial.world().restartController();
        progress("the controller is back");
        NodeId killed = nodeOf(reached(trial, job, steps * 3 / 5), 1);
        progress("kill -9 of " + killed + " (shard 1)");
        trial.cloud().kill(killed);
        trial.await(job, view -> moved(view, 1));
        progress("to the end, at step " + steps);
        return trial.await(job, view -> view.state() == JobState.SUCCEEDED);
    }

    private static JobView reached(Trial trial, JobId job, int step)
            throws IOException, InterruptedException, TimeoutException {
        return trial.await(
                job,
                view -> view.shards().stream()
                        .allMatch(shard -> shard.state() == ShardState.RUNNING && shard.step() >= step));
    }

    private static boolean moved(JobView view, int shard) {
        return view.shards().get(shard).generation() > 1
                && view.shards().get(shard).state() == ShardState.RUNNING;
    }

    private static NodeId nodeOf(JobView view, int shard) {
        return view.shards().get(shard).node().orElseThrow();
    }

    private static double lastEvalLoss(List<TelemetryPoint> points, int shard) {
        return points.stream()
                .filter(point -> point.shard() == shard && !point.superseded())
                .max(Comparator.comparingInt(TelemetryPoint::step))
                .flatMap(point -> Optional.ofNullable(point.evalLoss()))
                .map(Float::doubleValue)
                .orElse(Double.NaN);
    }

    private static void progress(String text) {
        System.err.println(text);
    }
}
