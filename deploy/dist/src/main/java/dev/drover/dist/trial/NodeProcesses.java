package dev.drover.dist.trial;

import dev.drover.protocol.api.NodeView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    public void stopAgent() throws IOException, InterruptedException {
        signal("-STOP", Stream.of(agent));
    }

    public void stopAll() throws IOException, InterruptedException {
        signal("-STOP", Stream.concat(Stream.of(agent), trainers.stream()));
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

    private static boolean lives(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"), StandardCharsets.ISO_8859_1);
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z' && process.isAlive();
        } catch (IOException e) {
            return false;
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
