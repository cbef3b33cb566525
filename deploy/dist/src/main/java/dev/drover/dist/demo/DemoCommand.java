package dev.drover.dist.demo;

import dev.drover.cli.DroverCli;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.json.DroverJson;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code drover demo}: one job, every kind of disruption, and the losses of an undisturbed run. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Train through evictions, a killed node, a killed controller and lost spot capacity; compare with an"
                        + " undisturbed run, bit for bit.")
public final class DemoCommand implements Callable<Integer> {
    private static final int LEAST_STEPS = 100;
    private static final int MOST_STEPS = 100_000;

    /** Makes the command line of {@code drover up} with these arguments. */
    public interface Up {
        List<String> commandLine(String... arguments);
    }

    private final Up up;
    private final Path root;

    @Option(
            names = "--out",
            description = "Where telemetry.csv, baseline.csv and summary.json go (default: a fresh directory under the"
                    + " build's).")
    private @Nullable Path out;

    @Option(names = "--data", description = "Text to train on, at least 200 kB (default: this repository's own text).")
    private @Nullable Path data;

    @Option(
            names = "--steps",
            defaultValue = "400",
            description = "Optimizer steps per shard (default: ${DEFAULT-VALUE}).")
    private int steps = 400;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Seed of weights, data order, prices and capacity (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @ParentCommand
    private @Nullable DroverCli cli;

    public DemoCommand(Up up, Path root) {
        this.up = up;
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        boolean json = Objects.requireNonNull(cli).isJson();
        PrintStream people = json ? System.err : System.out;
        try {
            Summary summary = run(new Progress(people, isTerminal() && !json));
            people.print(summary.text());
            if (json) {
                System.out.println(DroverJson.mapper().writeValueAsString(summary.json()));
            }
            return summary.isGood() ? 0 : 1;
        } catch (IllegalArgumentException e) {
            System.err.println("drover demo: " + e.getMessage());
            return 2;
        } catch (IOException | TimeoutException e) {
            System.err.println("drover demo: " + e.getMessage());
            return 1;
        }
    }

    private Summary run(Progress progress) throws IOException, InterruptedException, TimeoutException {
        if (steps < LEAST_STEPS || steps > MOST_STEPS) {
            throw new IllegalArgumentException(
                    "--steps: " + steps + " is not allowed; use " + LEAST_STEPS + " to " + MOST_STEPS);
        }
        Path to = prepareOut();
        Path home = to.resolve("home");
        Path text = text(to);
        Path catalog = to.resolve("catalog.yaml");
        Files.writeString(catalog, DemoJob.catalog());
        progress.say("output in " + to + ", training on " + text + " (" + Files.size(text) / 1000 + " kB)");
        List<String> command = up.commandLine(
                "up",
                "--home",
                home.toString(),
                "--port",
                "" + freePort(),
                "--catalog",
                catalog.toString(),
                "--seed",
                "" + seed);
        Summary summary;
        DemoWorld world = DemoWorld.start(home, command);
        try (world;
                DemoApi api = world.api()) {
            DemoRun script = new DemoRun(world, api, text, steps, seed, progress);
            JobId job = script.disturbed();
            JobId baseline = script.undisturbed();
            summary = summarize(script, api, job, baseline, progress);
            Files.writeString(to.resolve("telemetry.csv"), api.csv(job));
            Files.writeString(to.resolve("baseline.csv"), api.csv(baseline));
        }
        List<Long> left = world.leftBehind();
        Summary checked = left.isEmpty() ? summary : withFailure(summary, "processes were left behind: " + left);
        Files.writeString(
                to.resolve("summary.json"),
                DroverJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(checked.json()) + "\n");
        return checked;
    }

    private Summary summarize(DemoRun script, DemoApi api, JobId job, JobId baseline, Progress progress)
            throws IOException, InterruptedException {
        JobView view = api.job(job);
        List<TelemetryPoint> points = api.history(job);
        LossComparison losses = LossComparison.of(DemoJob.SHARDS, steps, points, api.history(baseline));
        List<Disruption> disruptions = script.acts().stream()
                .map(act -> Disruption.measure(act, view, points))
                .toList();
        List<Float> evals = points.stream()
                .filter(point -> point.shard() == 0 && !point.superseded())
                .map(TelemetryPoint::evalLoss)
                .filter(Objects::nonNull)
                .toList();
        double first = evals.isEmpty() ? Double.NaN : evals.getFirst();
        double last = evals.isEmpty() ? Double.NaN : evals.getLast();
        List<String> failures = new Checks(losses, disruptions, view.cost(), first, last).failures();
        return new Summary(
                disruptions, view.cost(), losses, DemoJob.CHECKPOINT_EVERY, first, last, failures, progress.seconds());
    }

    private static Summary withFailure(Summary summary, String failure) {
        List<String> all = new ArrayList<>(summary.failures());
        all.add(failure);
        return new Summary(
                summary.disruptions(),
                summary.cost(),
                summary.losses(),
                summary.checkpointEvery(),
                summary.firstEvalLoss(),
                summary.lastEvalLoss(),
                all,
                summary.seconds());
    }

    private Path prepareOut() throws IOException {
        Path parent = root.resolve("deploy/dist/target");
        Path to = out != null
                ? out.toAbsolutePath().normalize()
                : Files.createTempDirectory(Files.createDirectories(parent), "demo-");
        if (Files.exists(to.resolve("home"))) {
            throw new IllegalArgumentException("--out: " + to + " holds an earlier demo; name another directory");
        }
        return Files.createDirectories(to);
    }

    private Path text(Path to) throws IOException {
        Path text = Optional.ofNullable(data)
                .map(file -> file.toAbsolutePath().normalize())
                .orElse(to.resolve("text.txt"));
        if (data == null) {
            DemoJob.writeOwnText(root, text);
        }
        if (!Files.isReadable(text)) {
            throw new IllegalArgumentException("--data: " + text + " can't be read; name a text file");
        }
        return text;
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
