package dev.drover.dist.demo;

import dev.drover.cloud.local.LocalCloudControl;
import dev.drover.cloud.local.LocalCloudProcess;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The processes of the demo: a controller that can be killed and started again, and the cloud that survives it. */
public final class DemoWorld implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path home;
    private final List<String> up;
    private Process controller;

    private DemoWorld(Path home, List<String> up, Process controller) {
        this.home = home;
        this.up = up;
        this.controller = controller;
    }

    /**
     * Starts the controller, and with it the cloud.
     *
     * @param up the command line of {@code drover up} on {@code home}
     */
    public static DemoWorld start(Path home, List<String> up) throws IOException, InterruptedException {
        Files.createDirectories(home);
        DemoWorld world = new DemoWorld(home, List.copyOf(up), spawn(home, up));
        Runtime.getRuntime().addShutdownHook(new Thread(world::endAll, "demo-end"));
        world.awaitReady();
        return world;
    }

    public DemoApi api() throws IOException {
        return DemoApi.open(home.resolve("client.json"));
    }

    public LocalCloudControl cloud() {
        return LocalCloudControl.open(home.resolve("cloud"));
    }

    /** kill -9, of the controller alone. */
    public void killController() throws InterruptedException {
        controller.toHandle().destroyForcibly();
        controller.waitFor();
    }

    public boolean isControllerAlive() {
        return controller.isAlive();
    }

    public void restartController() throws IOException, InterruptedException {
        controller = spawn(home, up);
        awaitReady();
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            if (!controller.isAlive()) {
                throw new IOException("the controller ended with exit code " + controller.exitValue() + ":\n" + log());
            }
            if (Files.exists(home.resolve("client.json"))) {
                try (DemoApi api = api()) {
                    if (api.isReady()) {
                        return;
                    }
                }
            }
            Thread.sleep(100);
        }
        throw new IOException("the controller was not ready within " + PATIENCE.toSeconds() + " s:\n" + log());
    }

    private static Process spawn(Path home, List<String> up) throws IOException {
        return new ProcessBuilder(up)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        home.resolve("controller.log").toFile()))
                .start();
    }

    private String log() throws IOException {
        List<String> lines = Files.readAllLines(home.resolve("controller.log"), StandardCharsets.UTF_8);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    /** Processes of this home that still live, by what they were started with. */
    public List<Long> leftBehind() throws IOException {
        byte[] marker = home.toString().getBytes(StandardCharsets.UTF_8);
        String needle = new String(marker, StandardCharsets.ISO_8859_1);
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(
                            process -> process.pid() != ProcessHandle.current().pid())
                    .filter(process ->
                            mentions(process.pid(), "cmdline", needle) || mentions(process.pid(), "environ", needle))
                    .map(ProcessHandle::pid)
                    .toList();
        }
    }

    private static boolean mentions(long pid, String file, String needle) {
        try {
            byte[] content = Files.readAllBytes(Path.of("/proc", "" + pid, file));
            return new String(content, StandardCharsets.ISO_8859_1).contains(needle);
        } catch (IOException e) {
            // It ended meanwhile, or is not ours to look into.
            return false;
        }
    }

    /** Ends everything; idempotent. */
    void endAll() {
        try {
            controller.destroy();
            if (!controller.waitFor(30, TimeUnit.SECONDS)) {
                controller.destroyForcibly();
            }
            Optional<LocalCloudProcess> cloud = LocalCloudProcess.find(home.resolve("cloud"));
            if (cloud.isPresent()) {
                cloud.get().stop(Duration.ofSeconds(20));
            }
        } catch (IOException e) {
            System.err.println("demo: can't end the local cloud: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        endAll();
    }
}
