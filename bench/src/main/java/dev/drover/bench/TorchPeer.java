package dev.drover.bench;

import dev.drover.dist.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Python's PyTorch beside DJL, on the same model, where there is one. */
final class TorchPeer {
    private TorchPeer() {}

    static void compare(Report report, boolean explain) throws IOException, InterruptedException {
        if (!hasTorch()) {
            report.condition("pythonPeer", "left out: no python3 with torch on the PATH");
            if (explain) {
                System.err.println("DJL against Python PyTorch is left out: no python3 with torch on the PATH");
            }
            return;
        }
        Path script = Programs.root().resolve("bench/torch_peer.py");
        Process python = new ProcessBuilder("python3", script.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (python.waitFor() != 0) {
            throw new IOException(script + " ended with exit code " + python.exitValue());
        }
        List<Double> python1 = out.lines().map(Double::parseDouble).toList();
        report.row("Python PyTorch, the 1.6 M model, 1 thread", "step/s", python1, "");
    }

    private static boolean hasTorch() throws InterruptedException {
        try {
            Process probe = new ProcessBuilder("python3", "-c", "import torch")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return probe.waitFor(60, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
