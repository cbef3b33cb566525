package dev.drover.cloud.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The agent of one instance, as a process of this machine, and all that it started.
 *
 * <p>Before the program runs, its pid is claimed in a file that only one can create. So a cloud that died between the start and
 * the note of it finds the process again, and one that claims the file itself has made sure that it will never run.
 */
final class AgentProcess {
    /** Writes the claim whole, by a link, and becomes the program; ends without it when the claim is taken. */
    private static final String CLAIM_AND_RUN =
            "echo $$ > \"$0.$$\" && ln \"$0.$$\" \"$0\" && rm -f \"$0.$$\" && exec \"$@\"";

    /** Start instants are computed from the time of boot, which moves a little when the clock is set. */
    private static final Duration START_TOLERANCE = Duration.ofSeconds(2);

    private static final Duration DEATH_CHECK = Duration.ofMillis(200);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

    private final ProcessHandle handle;
    private final String environmentEntry;
    private final Set<ProcessHandle> known = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<String> exit;

    private AgentProcess(ProcessHandle handle, Path directory, CompletableFuture<String> exit) {
        this.handle = handle;
        this.environmentEntry = directoryEntry(directory);
        this.exit = exit;
        known.add(handle);
    }

    /**
     * Starts the image's program in {@code directory}.
     *
     * @param attempt 1 for the first start of the instance
     */
    static AgentProcess start(Image image, Path directory, int attempt, String metadataUrl) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh", "-c", CLAIM_AND_RUN, claim(directory, attempt).toString()));
        command.addAll(image.command());
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(image.environment());
        builder.environment().put("DROVER_METADATA_URL", metadataUrl);
        builder.environment().put("DROVER_INSTANCE_DIR", directory.toString());
        File log = directory.resolve("agent.log").toFile();
        builder.directory(directory.toFile());
        builder.redirectInput(new File("/dev/null"));
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        Process process = builder.start();
        CompletableFuture<String> exit = process.onExit().thenApply(ended -> exitReason(ended.exitValue()));
        return new AgentProcess(process.toHandle(), directory, exit);
    }

    /** Finds a process that an earlier run of the cloud started and noted. */
    static Optional<AgentProcess> adopt(Path directory, InstanceRecord.AgentPid noted) {
        return ProcessHandle.of(noted.pid())
                .filter(ProcessTree::isLive)
                .filter(handle -> handle.info()
                        .startInstant()
                        .filter(started -> Duration.between(started, noted.startedAt())
                                        .abs()
                                        .compareTo(START_TOLERANCE)
                                <= 0)
                        .isPresent())
                .map(handle -> new AgentProcess(handle, directory, adoptedExit(handle)));
    }

    /**
     * The pid that an earlier run of the cloud started and died before it noted.
     *
     * @return empty if there is none, and from then on that start never becomes one
     */
    static Optional<InstanceRecord.AgentPid> claimed(Path directory, int attempt) throws IOException {
        Path claim = claim(directory, attempt);
        try {
            Files.createFile(claim);
            return Optional.empty();
        } catch (FileAlreadyExistsException e) {
            String pid = Files.readString(claim).trim();
            // Empty: an even earlier run made this claim its own, as above.
            return pid.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new InstanceRecord.AgentPid(
                            Long.parseLong(pid),
                            Files.getLastModifiedTime(claim).toInstant()));
        }
    }

    /** Kills whatever of the instance outlived its agent. */
    static void sweep(Path directory) {
        kill(new HashSet<>(), directoryEntry(directory));
    }

    InstanceRecord.AgentPid pid(Instant fallback) {
        return new InstanceRecord.AgentPid(
                handle.pid(), handle.info().startInstant().orElse(fallback));
    }

    /** Completes when the agent's own process ended, with how. */
    CompletableFuture<String> exit() {
        return exit;
    }

    /** SIGTERM to the agent, {@code grace}, then SIGKILL to all that lives. Returns when nothing does. Idempotent. */
    void end(Duration grace) {
        ProcessTree.living(known, environmentEntry);
        handle.destroy();
        try {
            var ignored = exit.copy()
                    .orTimeout(grace.toNanos(), TimeUnit.NANOSECONDS)
                    .handle((how, late) -> "")
                    .join();
        } finally {
            kill();
        }
    }

    /** SIGKILL to all that lives. Returns when nothing does. Idempotent. */
    void kill() {
        kill(known, environmentEntry);
    }

    private static void kill(Set<ProcessHandle> known, String environmentEntry) {
        long deadline = System.nanoTime() + KILL_LIMIT.toNanos();
        Set<ProcessHandle> living = ProcessTree.living(known, environmentEntry);
        while (!living.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("processes " + living + " of " + environmentEntry
                        + " outlived SIGKILL for " + KILL_LIMIT + "; are they stuck in the kernel?");
            }
            living.forEach(ProcessHandle::destroyForcibly);
            pause(Duration.ofMillis(5));
            living = ProcessTree.living(known, environmentEntry);
        }
    }

    private static CompletableFuture<String> adoptedExit(ProcessHandle handle) {
        CompletableFuture<String> exit = handle.onExit().thenApply(ended -> unknownExit());
        // The JDK sees no death of a process that is not its child until somebody has waited for it.
        Thread.ofVirtual().name("death of " + handle.pid()).start(() -> {
            while (!exit.isDone()) {
                if (!ProcessTree.isLive(handle)) {
                    exit.complete(unknownExit());
                }
                pause(DEATH_CHECK);
            }
        });
        return exit;
    }

    private static String unknownExit() {
        return "the agent's process ended (exit code not known: the cloud was restarted during its life)";
    }

    static String exitReason(int code) {
        return "the agent's process ended with exit code " + code
                + (code > 128 && code < 160 ? " (signal " + (code - 128) + ")" : "");
    }

    private static Path claim(Path directory, int attempt) {
        return directory.resolve("start-" + attempt + ".pid");
    }

    private static String directoryEntry(Path directory) {
        return "DROVER_INSTANCE_DIR=" + directory;
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while processes were being ended", e);
        }
    }
}
