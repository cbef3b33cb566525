package dev.drover.dist.trial;

import dev.drover.cloud.local.LocalCloudProcess;
import dev.drover.dist.Main;
import dev.drover.dist.Programs;
import dev.drover.dist.demo.DemoApi;
import dev.drover.dist.demo.DemoJob;
import dev.drover.persistence.journal.PostgresDatabase;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A shared cluster in a directory of its own: real scheduler processes on a PostgreSQL that is there, one local cloud, real agents and
 * trainers, all on loopback.
 *
 * <p>Closing it ends every process of it and leaves the directory, in which the logs are, and the database.
 */
public final class ClusterTrial implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** The token of an operator. */
    public static final String ADMIN = "admin-token-of-a-trial";
    /** The token of a user. */
    public static final String USER = "user-token-of-a-trial";

    private final Path directory;
    private final List<SchedulerProcess> schedulers;
    private final Path text;

    private ClusterTrial(Path directory, List<SchedulerProcess> schedulers, Path text) {
        this.directory = directory;
        this.schedulers = schedulers;
        this.text = text;
    }

    /** Starts that many schedulers in {@code directory}; returns when all of them answer. */
    public static ClusterTrial in(Path directory, PostgresDatabase database, int count)
            throws IOException, InterruptedException, TimeoutException {
        Files.createDirectories(directory);
        Path catalog = directory.resolve("catalog.yaml");
        Files.writeString(catalog, DemoJob.catalog());
        Path text = directory.resolve("text.txt");
        DemoJob.writeOwnText(Programs.root(), text);
        Files.writeString(directory.resolve("password"), database.password());
        Files.writeString(directory.resolve("user"), USER);
        Files.writeString(directory.resolve("admin"), ADMIN);
        Files.writeString(directory.resolve("agents"), "agents-secret-of-a-trial");
        List<Integer> cluster = freePorts(count);
        List<Integer> http = freePorts(count);
        List<SchedulerProcess> schedulers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path config = directory.resolve("scheduler-" + (i + 1) + ".yaml");
            Files.writeString(config, config(database, cluster, http, i));
            schedulers.add(SchedulerProcess.on(List.of(), config, "127.0.0.1", http.get(i)));
        }
        ClusterTrial trial = new ClusterTrial(directory, schedulers, text);
        Runtime.getRuntime().addShutdownHook(new Thread(trial::close, "trial-end"));
        try {
            for (SchedulerProcess scheduler : schedulers) {
                scheduler.start();
            }
            for (SchedulerProcess scheduler : schedulers) {
                scheduler.awaitReady();
            }
            return trial;
        } catch (IOException | InterruptedException | TimeoutException | RuntimeException e) {
            trial.close();
            throw e;
        }
    }

    private static String config(PostgresDatabase database, List<Integer> cluster, List<Integer> http, int at) {
        return """
            cluster: trial
            host: 127.0.0.1
            port: %d
            seeds: [%s]
            http: {port: %d}
            agents: [%s]
            database: {url: "%s", user: %s, passwordFile: password}
            store: store
            cloud: {home: home, catalog: catalog.yaml, seed: 1}
            secrets: {user: user, admin: admin, agents: agents}
            """.formatted(
                cluster.get(at), addresses(cluster), http.get(at), addresses(http), database.url(), database.user());
    }

    private static String addresses(List<Integer> ports) {
        return String.join(
                ", ", ports.stream().map(port -> "\"127.0.0.1:" + port + "\"").toList());
    }

    /** One of its schedulers, from 0. */
    public SchedulerProcess scheduler(int index) {
        return schedulers.get(index);
    }

    public int size() {
        return schedulers.size();
    }

    /** The scheduler that has last said that it looks after the pool. */
    public SchedulerProcess holder(String pool) throws IOException {
        Optional<SchedulerProcess> holder = Optional.empty();
        String latest = "";
        for (SchedulerProcess scheduler : schedulers) {
            for (String line : scheduler.log()) {
                if (line.contains("pool " + pool + " is looked after here") && line.compareTo(latest) > 0) {
                    latest = line;
                    holder = Optional.of(scheduler);
                }
            }
        }
        return holder.orElseThrow(() -> new IOException("nobody looks after pool " + pool));
    }

    /** Text to train on: Drover's own. */
    public Path text() {
        return text;
    }

    /** What is simulated of a cloud, and its instances. */
    public Path home() {
        return directory.resolve("home");
    }

    /** Whether that is a training program of this cluster. */
    public boolean isTrainer(ProcessHandle process) {
        try {
            Path own = Path.of("/proc", "" + process.pid());
            return read(own.resolve("cmdline")).contains("TrainerMain")
                    && read(own.resolve("environ")).contains(directory.toString());
        } catch (IOException e) {
            // It has ended meanwhile, or is not ours to look into.
            return false;
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        schedulers.forEach(SchedulerProcess::end);
        try {
            Optional<LocalCloudProcess> cloud = LocalCloudProcess.find(home().resolve("cloud"));
            if (cloud.isPresent()) {
                cloud.get().stop(Duration.ofSeconds(20));
            }
        } catch (IOException e) {
            throw new IllegalStateException("can't end the local cloud in " + home(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    /** The process of one scheduler, which can be killed and started again. */
    public static final class SchedulerProcess {
        private final List<String> prefix;
        private final Path config;
        private final String address;
        private final int port;
        private Optional<Process> process = Optional.empty();

        private SchedulerProcess(List<String> prefix, Path config, String address, int port) {
            this.prefix = prefix;
            this.config = config;
            this.address = address;
            this.port = port;
        }

        /**
         * Not started yet.
         *
         * @param prefix put before its command, to start it on another host, say; empty for this one
         * @param address on which it serves the API
         */
        public static SchedulerProcess on(List<String> prefix, Path config, String address, int port) {
            return new SchedulerProcess(List.copyOf(prefix), config, address, port);
        }

        public void start() throws IOException {
            List<String> command = new ArrayList<>(prefix);
            command.addAll(
                    Programs.ours(Programs.SCHEDULER_FLAGS, Main.class, "scheduler", "--config", config.toString()));
            process = Optional.of(new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
                    .start());
        }

        public void awaitReady() throws IOException, InterruptedException, TimeoutException {
            Deadline deadline = Deadline.in(PATIENCE);
            try (DemoApi api = api()) {
                while (!api.isReady()) {
                    if (!isAlive()) {
                        throw new IOException("a scheduler has ended:\n" + String.join("\n", log()));
                    }
                    deadline.pause(() -> "a scheduler does not get ready: " + config);
                }
            }
        }

        public int port() {
            return port;
        }

        public String url() {
            return "http://" + address + ":" + port;
        }

        /** As an operator. */
        public DemoApi api() {
            return DemoApi.at(url(), ADMIN);
        }

        /** Of the process that was started last. */
        public long pid() {
            return process.orElseThrow().pid();
        }

        /** How long the pool's last recovery here took, by the scheduler's own log. */
        public Duration recovery(String pool) throws IOException {
            return Duration.ofMillis(Long.parseLong(recovered(pool).group(2)));
        }

        /** How many jobs the pool had then. */
        public int jobsRecovered(String pool) throws IOException {
            return Integer.parseInt(recovered(pool).group(1));
        }

        private MatchResult recovered(String pool) throws IOException {
            Pattern told = Pattern.compile("pool " + Pattern.quote(pool)
                    + " is looked after here: (\\d+) jobs, \\d+ nodes, read in (\\d+) ms");
            return log().reversed().stream()
                    .flatMap(line -> told.matcher(line).results())
                    .findFirst()
                    .orElseThrow(() -> new IOException("pool " + pool + " was not recovered here"));
        }

        public boolean isAlive() {
            return process.filter(Process::isAlive).isPresent();
        }

        /** kill -9. */
        public void kill() throws InterruptedException {
            Process running = process.orElseThrow();
            running.toHandle().destroyForcibly();
            running.waitFor();
        }

        /** SIGTERM; does not wait for the end. */
        public void terminate() {
            process.orElseThrow().toHandle().destroy();
        }

        public void awaitEnd() throws InterruptedException {
            process.orElseThrow().waitFor();
        }

        /** kill -9, if it runs; does not wait. */
        public void end() {
            process.ifPresent(running -> running.toHandle().destroyForcibly());
        }

        /** What it has logged so far, through all of its starts. */
        public List<String> log() throws IOException {
            return Files.exists(logFile()) ? Files.readAllLines(logFile(), StandardCharsets.UTF_8) : List.of();
        }

        private Path logFile() {
            return config.resolveSibling(config.getFileName() + ".log");
        }
    }
}
