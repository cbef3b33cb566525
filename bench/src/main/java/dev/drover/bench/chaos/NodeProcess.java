package dev.drover.bench.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A process of an instance.
 *
 * @param trainer a training program; else the agent
 */
record NodeProcess(long pid, String instanceId, boolean trainer) {
    private static final String DIRECTORY = "DROVER_INSTANCE_DIR=";

    /** Those of the instances under {@code directory}, its real path, that run now. */
    static List<NodeProcess> under(Path directory) {
        List<NodeProcess> found = new ArrayList<>();
        for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
            of(process.pid(), directory).ifPresent(found::add);
        }
        return found;
    }

    private static Optional<NodeProcess> of(long pid, Path directory) {
        Path own = Path.of("/proc", "" + pid);
        String command = read(own.resolve("cmdline"));
        boolean trainer = command.contains("TrainerMain");
        if (!trainer && !command.contains("AgentMain")) {
            return Optional.empty();
        }
        return Stream.of(read(own.resolve("environ")).split("\0"))
                .filter(entry -> entry.startsWith(DIRECTORY + directory))
                .map(entry -> entry.substring(entry.lastIndexOf('/') + 1))
                .findFirst()
                .filter(ignored -> isLive(own))
                .map(instance -> new NodeProcess(pid, instance, trainer));
    }

    /** A dead one that nobody has waited for has no memory any more, and so no command. */
    private static boolean isLive(Path process) {
        String stat = read(process.resolve("stat"));
        return !stat.isEmpty() && stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException | UncheckedIOException e) {
            // It has ended meanwhile.
            return "";
        }
    }

    /** Sends a signal, as {@code STOP}; one that has ended is passed over. */
    static void signal(String signal, List<NodeProcess> processes) throws InterruptedException {
        for (NodeProcess process : processes) {
            Shell.works("kill", "-" + signal, "" + process.pid());
        }
    }
}
