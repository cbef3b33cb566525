package dev.drover.cloud.local;

import dev.drover.cloud.CloudException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The local cloud as a process of its own, seen from the one that wants it to run.
 *
 * <p>It is started in a session of its own: it outlives a kill of its starter and a Ctrl-C in its starter's terminal.
 */
public final class LocalCloudProcess {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Path directory;
    private final ProcessHandle handle;

    private LocalCloudProcess(Path directory, ProcessHandle handle) {
        this.directory = directory;
        this.handle = handle;
    }

    /**
     * How to start it.
     *
     * @param classPath with this class on it
     * @param seed empty for the directory's own
     * @param catalog empty for {@link Catalog#standard}
     * @param bind the address on which it listens
     * @param jvmFlags before the class path
     */
    public record Options(
            Path directory,
            Path image,
            Optional<Path> catalog,
            OptionalLong seed,
            String bind,
            String classPath,
            List<String> jvmFlags) {
        /** With the class path of this process, the standard catalog and a small heap. */
        public static Options of(Path directory, Path image) {
            return new Options(
                    directory,
                    image,
                    Optional.empty(),
                    OptionalLong.empty(),
                    LocalCloudSettings.LOOPBACK,
                    System.getProperty("java.class.path"),
                    List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        }

        public Options withCatalog(Path file) {
            return new Options(directory, image, Optional.of(file), seed, bind, classPath, jvmFlags);
        }

        public Options withSeed(long chosen) {
            return new Options(directory, image, catalog, OptionalLong.of(chosen), bind, classPath, jvmFlags);
        }

        /** Listening on an address of this machine that is not loopback, which no other machine may reach. */
        public Options withBind(String address) {
            return new Options(directory, image, catalog, seed, address, classPath, jvmFlags);
        }
    }

    /**
     * Finds the cloud of the directory, or starts it, and waits until it answers. Several may call this at once: one cloud
     * comes of it.
     *
     * @throws IOException if it ended instead, with the last lines of its log, or did not answer in 30 s
     */
    public static LocalCloudProcess startIfAbsent(Options options) throws IOException, InterruptedException {
        Optional<LocalCloudProcess> running = find(options.directory());
        if (running.isPresent()) {
            return running.get();
        }
        Files.createDirectories(options.directory());
        Path log = options.directory().resolve("cloud.log");
        Process started = new ProcessBuilder(command(options))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            // Whoever won: if ours lost the race for the directory it has ended, and the other one answers.
            running = find(options.directory());
            if (running.isPresent()) {
                return running.get();
            }
            if (!started.isAlive() && started.exitValue() != 0 && !DirectoryLock.isTaken(options.directory())) {
                throw new IOException("the local cloud in " + options.directory() + " ended with exit code "
                        + started.exitValue() + "; the end of " + log + ":\n" + tail(log));
            }
            Thread.sleep(LOOK_AGAIN);
        }
        throw new IOException("the local cloud in " + options.directory() + " did not answer within " + START_LIMIT
                + "; the end of " + log + ":\n" + tail(log));
    }

    /** The cloud of the directory, if one lives and answers. */
    public static Optional<LocalCloudProcess> find(Path directory) throws IOException {
        Optional<ProcessHandle> handle = Endpoint.read(directory)
                .flatMap(endpoint -> ProcessHandle.of(endpoint.pid()))
                .filter(ProcessTree::isLive);
        if (handle.isEmpty()) {
            return Optional.empty();
        }
        try (LocalCloudClient client = new LocalCloudClient(directory)) {
            client.call("GET", "/cloud", null);
            return Optional.of(new LocalCloudProcess(directory, handle.get()));
        } catch (CloudException e) {
            return Optional.empty();
        }
    }

    public long pid() {
        return handle.pid();
    }

    /**
     * Ends its instances and it, and waits.
     *
     * @return whether it ended within {@code limit}
     */
    public boolean stop(Duration limit) throws InterruptedException {
        try (LocalCloudControl control = LocalCloudControl.open(directory)) {
            control.stop();
        } catch (CloudException e) {
            // It does not answer: the signal asks for the same.
            handle.destroy();
        }
        long deadline = System.nanoTime() + limit.toNanos();
        while (ProcessTree.isLive(handle)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(LOOK_AGAIN);
        }
        return true;
    }

    private static List<String> command(Options options) throws IOException {
        List<String> command = new ArrayList<>(newSession());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options.jvmFlags());
        command.addAll(List.of("-cp", options.classPath(), LocalCloudMain.class.getName()));
        command.addAll(List.of(
                "--dir",
                options.directory().toString(),
                "--image",
                options.image().toString()));
        options.catalog().ifPresent(file -> command.addAll(List.of("--catalog", file.toString())));
        command.addAll(List.of("--bind", options.bind()));
        options.seed().ifPresent(seed -> command.addAll(List.of("--seed", Long.toString(seed))));
        return command;
    }

    /** What runs a program in a session of its own: Linux has a tool for it, macOS has Perl. */
    private static List<String> newSession() throws IOException {
        if (isOnPath("setsid")) {
            return List.of("setsid");
        }
        if (isOnPath("perl")) {
            return List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV or die", "--");
        }
        throw new IOException(
                "neither setsid nor perl is on the PATH; one is needed to start the local cloud detached");
    }

    private static boolean isOnPath(String program) {
        String path = System.getenv("PATH");
        if (path == null) {
            return false;
        }
        for (String directory : path.split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }

    private static String tail(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
    }
}
