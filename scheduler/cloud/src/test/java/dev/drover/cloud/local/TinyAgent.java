package dev.drover.cloud.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program for instances: notes its pid, starts a child and waits. Argument {@code stubborn} ignores SIGTERM. */
final class TinyAgent {
    private TinyAgent() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Path directory = Path.of(System.getenv("DROVER_INSTANCE_DIR"));
        Process child = new ProcessBuilder("sleep", "600").start();
        Files.writeString(directory.resolve("child.pid"), Long.toString(child.pid()));
        Files.writeString(
                directory.resolve("agent.pid.new"),
                Long.toString(ProcessHandle.current().pid()));
        Files.move(directory.resolve("agent.pid.new"), directory.resolve("agent.pid"));
        Path exit = directory.resolve("exit");
        while (!Files.exists(exit)) {
            Thread.sleep(20);
        }
        System.exit(Integer.parseInt(Files.readString(exit).trim()));
    }
}
