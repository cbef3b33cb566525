package dev.drover.dist.trial;

import dev.drover.protocol.api.NodeView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The processes of one node, by what its instance noted when it started.
 *
 * @param agent the member
 * @param trainers the programs it had started when this was asked
 */
public record NodeProcesses(ProcessHandle agent, List<ProcessHandle> trainers) {
    public NodeProcesses {
        trainers = List.copyOf(trainers);
    }

    /**
     * Finds them.
     *
     * @throws IOException naming the node, when its agent does not run here
     */
    public static NodeProcesses of(Trial trial, NodeView node) throws IOException {
        Path noted = trial.instance(node.instanceId().orElseThrow()).resolve("start-1.pid");
        ProcessHandle agent = ProcessHandle.of(
                        Long.parseLong(Files.readString(noted).trim()))
                .orElseThrow(() -> new IOException("the agent of node " + node.id() + " does not run"));
        try (Stream<ProcessHandle> started = agent.descendants()) {
            return new NodeProcesses(agent, started.toList());
        }
    }

    /** Returns when no thread of it runs. */
    public void stopAgent() throws IOException, InterruptedException, TimeoutException {
        stop(List.of(agent));
    }

    /** Returns when no thread of any of them runs. */
    public void stopAll() throws IOException, InterruptedException, TimeoutException {
        stop(Stream.concat(Stream.of(agent), trainers.stream()).toList());
    }

    /** Lets every one of them go on; the trainers first, so that each meets the lease that it had. */
    public void goOn() throws IOException, InterruptedException {
        signal("-CONT", Stream.concat(trainers.stream().filter(NodeProcesses::lives), Stream.of(agent)));
    }

    /** The trainers that still live. */
    public List<Long> livingTrainers() {
        return trainers.stream()
                .filter(NodeProcesses::lives)
                .map(ProcessHandle::pid)
                .toList();
    }

    private static void stop(List<ProcessHandle> processes) throws IOException, InterruptedException, TimeoutException {
        signal("-STOP", processes.stream());
        Deadline deadline = Deadline.in(Duration.ofSeconds(10));
        for (ProcessHandle process : processes) {
            while (!isStopped(process)) {
                deadline.pause(() -> "process " + process.pid() + " does not stop");
            }
        }
    }

    /** The signal is only sent when {@code kill} returns: a thread in the kernel, as in an fsync, stops on its way out. */
    private static boolean isStopped(ProcessHandle process) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            return threads.allMatch(thread -> state(thread) == 'T');
        }
    }

    private static boolean lives(ProcessHandle process) {
        return process.isAlive() && state(Path.of("/proc/" + process.pid())) != 'Z';
    }

    /** As the kernel's letter says; 'Z' for what is not there any more. */
    private static char state(Path task) {
        try {
            String stat = Files.readString(task.resolve("stat"), StandardCharsets.ISO_8859_1);
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return 'Z';
        }
    }

    private static void signal(String signal, Stream<ProcessHandle> processes)
            throws IOException, InterruptedException {
        for (ProcessHandle process : processes.toList()) {
            int exit = new ProcessBuilder("kill", signal, "" + process.pid())
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IOException("kill " + signal + " " + process.pid() + " ended with exit code " + exit);
            }
        }
    }
}
