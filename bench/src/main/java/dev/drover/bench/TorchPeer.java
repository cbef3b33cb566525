package dev.drover.bench;

import dev.drover.dist.Programs;
import dev.drover.dist.demo.TelemetryPoint;
import dev.drover.dist.trial.Trial;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Python's PyTorch beside DJL, on the same model, where there is one. */
final class TorchPeer {
    private TorchPeer() {}

    private static final int STEPS = 120;
    private static final int WINDOW = 20;

    /** Trains the medium model here and there, one after the other, on the same text. */
    static void compare(Report report, Trial trial, boolean explain)
            throws IOException, InterruptedException, TimeoutException {
        Report.Row ourRow = report.row("DJL in a whole Drover, the 1.6 M model, 1 thread", "1/s", djl(trial), "");
        Optional<String> torch = torch();
        if (torch.isEmpty()) {
            report.condition("pythonPeer", "left out: no python3 with torch on the PATH");
            if (explain) {
                System.err.println("Python PyTorch beside DJL is left out: no python3 with torch on the PATH");
            }
            return;
        }
        Path script = Programs.root().resolve("bench/torch_peer.py");
        Process python = new ProcessBuilder(
                        "python3", script.toString(), trial.text().toString(), "" + STEPS)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (python.waitFor() != 0) {
            throw new IOException(script + " ended with exit code " + python.exitValue());
        }
        List<Double> peer = out.lines().map(Double::parseDouble).toList();
        report.condition("pythonPeer", "torch " + torch.get());
        Report.Row peerRow = report.row("Python PyTorch, the same model and text, 1 thread", "1/s", peer, "");
        report.row("DJL over Python, of the medians", "", List.of(ourRow.median() / peerRow.median()), "");
    }

    private static List<Double> djl(Trial trial) throws IOException, InterruptedException, TimeoutException {
        PoolSpec pool = trial.pool("peer", 1);
        JobId job = trial.api().submit(BenchJob.medium(pool, trial.text(), STEPS, 1_000_000), "peer");
        trial.await(job, view -> view.state().isFinal());
        Map<Integer, Long> times = trial.api().history(job).stream()
                .collect(Collectors.toMap(TelemetryPoint::step, TelemetryPoint::epochMillis));
        return IntStream.iterate(2 * WINDOW, step -> step <= STEPS, step -> step + WINDOW)
                .mapToObj(step -> WINDOW
                        * 1000.0
                        / (Objects.requireNonNull(times.get(step)) - Objects.requireNonNull(times.get(step - WINDOW))))
                .toList();
    }

    /** The version of {@code python3}'s torch, if it has one. */
    private static Optional<String> torch() throws InterruptedException {
        try {
            Process probe = new ProcessBuilder("python3", "-c", "import torch; print(torch.__version__)")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String version = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return probe.waitFor() == 0 ? Optional.of(version.strip()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
