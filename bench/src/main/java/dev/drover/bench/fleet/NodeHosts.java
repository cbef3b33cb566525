package dev.drover.bench.fleet;

import dev.drover.agent.checkpoint.LocalFiles;
import dev.drover.cloud.local.Image;
import dev.drover.dist.trial.Deadline;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** The processes that agents of a fleet live in ({@link NodeHost}), and the image of which a cloud makes instances that live there. */
final class NodeHosts implements AutoCloseable {
    /** As the clouds advise; each look is three requests to the simulated cloud. */
    private static final String EVICTION_POLL = "5s";

    private static final List<String> FLAGS = List.of(
            "-Dlogback.configurationFile=dev/drover/agent/logback.xml",
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path sockets;
    private final List<Process> processes;
    private final Image image;

    private NodeHosts(Path sockets, List<Process> processes, Image image) {
        this.sockets = sockets;
        this.processes = processes;
        this.image = image;
    }

    /** Starts that many; their logs go to {@code directory}. */
    static NodeHosts start(Path directory, int count, CompiledPrograms programs) throws IOException {
        // A path of a socket is short.
        Path sockets = Files.createTempDirectory("fleet-");
        Path trainer = Files.writeString(directory.resolve("trainer.json"), """
            {"command": ["/bin/false"], "environment": {}}
            """);
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(FLAGS);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), NodeHost.class.getName()));
            command.addAll(List.of(sockets.resolve("host-" + i).toString(), trainer.toString(), EVICTION_POLL));
            processes.add(new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("host-" + i + ".log").toFile())
                    .start());
        }
        Image image = new Image(List.of(programs.instance().toString(), sockets.toString(), "" + count), Map.of());
        return new NodeHosts(sockets, processes, image);
    }

    /** What a cloud is to run as an instance. An instance's own name decides in which host its agent lives. */
    Image image() {
        return image;
    }

    /** Returns when all take instances. */
    void awaitReady() throws InterruptedException, TimeoutException {
        Deadline deadline = Deadline.in(PATIENCE);
        for (int i = 0; i < processes.size(); i++) {
            Path socket = sockets.resolve("host-" + i);
            while (!Files.exists(socket)) {
                deadline.pause(() -> "no host listens at " + socket);
            }
        }
    }

    int count() {
        return processes.size();
    }

    ProcessFamily family(int index) {
        return new ProcessFamily(processes.get(index).toHandle());
    }

    /** SIGSTOP or SIGCONT to one of them. */
    void signal(int index, String signal) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", signal, "" + processes.get(index).pid())
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill " + signal + " of host " + index + " failed");
        }
    }

    /** Ends them, also those that are stopped. */
    @Override
    public void close() {
        processes.forEach(process -> process.toHandle().destroyForcibly());
        LocalFiles.deleteTree(sockets);
    }
}
