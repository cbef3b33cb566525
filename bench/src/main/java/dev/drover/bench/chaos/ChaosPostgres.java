package dev.drover.bench.chaos;

import dev.drover.bench.PostgresBinaries;
import dev.drover.persistence.journal.PostgresDatabase;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL of a campaign's own, on a host of its own, with {@code fsync} on; it can be killed, stopped and started again. */
final class ChaosPostgres {
    private static final String USER = "postgres";
    private static final String NAME = "drover";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path binaries;
    private final Path directory;
    private final List<String> prefix;
    private final String address;
    private final int port;
    private Optional<Process> process = Optional.empty();

    private ChaosPostgres(Path binaries, Path directory, List<String> prefix, String address, int port) {
        this.binaries = binaries;
        this.directory = directory;
        this.prefix = prefix;
        this.address = address;
        this.port = port;
    }

    /** Begins it in {@code directory}, or takes up what is there; starts it. */
    static ChaosPostgres open(Path directory, List<String> prefix, String address, int port)
            throws IOException, InterruptedException, SQLException {
        ChaosPostgres server = new ChaosPostgres(PostgresBinaries.directory(), directory, prefix, address, port);
        boolean begun = Files.exists(server.data().resolve("PG_VERSION"));
        if (!begun) {
            server.begin();
        }
        server.start();
        try (Connection connection = DriverManager.getConnection(server.url("postgres"), USER, USER);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + NAME + "'")) {
            if (!found.next()) {
                try (Statement creating = connection.createStatement()) {
                    creating.execute("CREATE DATABASE " + NAME);
                }
            }
        }
        return server;
    }

    private void begin() throws IOException, InterruptedException {
        Files.createDirectories(directory);
        List<String> command = new ArrayList<>(unprivileged());
        command.addAll(List.of(binaries.resolve("bin/initdb").toString(), "-D", data().toString()));
        command.addAll(List.of("-A", "trust", "-U", USER, "-E", "UTF8", "--no-locale"));
        Shell.run(command);
        Files.writeString(data().resolve("pg_hba.conf"), "host all all 10.0.0.0/8 trust\n", StandardOpenOption.APPEND);
    }

    /** PostgreSQL does not run as root: in a user namespace of its own it is nobody, and its files are root's. */
    private static List<String> unprivileged() throws IOException, InterruptedException {
        return Shell.run("id", "-u").equals("0") ? List.of("unshare", "-U") : List.of();
    }

    private Path data() {
        return directory.resolve("data");
    }

    PostgresDatabase database() {
        return new PostgresDatabase(url(NAME), USER, USER);
    }

    private String url(String database) {
        return "jdbc:postgresql://" + address + ":" + port + "/" + database;
    }

    /** Starts it and waits until it answers. */
    synchronized void start() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            if (process.filter(Process::isAlive).isEmpty()) {
                launch();
            }
            try {
                DriverManager.getConnection(url("postgres") + "?connectTimeout=2&socketTimeout=5", USER, USER)
                        .close();
                return;
            } catch (SQLException e) {
                if (System.nanoTime() > end) {
                    throw new IOException("PostgreSQL does not answer; its log is in " + directory, e);
                }
                Thread.sleep(200);
            }
        }
    }

    private void launch() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(unprivileged());
        command.addAll(List.of(binaries.resolve("bin/postgres").toString(), "-D", data().toString()));
        for (String setting : List.of(
                "listen_addresses=" + address,
                "port=" + port,
                "unix_socket_directories=",
                "fsync=on",
                "synchronous_commit=on",
                "full_page_writes=on",
                "max_connections=200")) {
            command.addAll(List.of("-c", setting));
        }
        process = Optional.of(new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("postgres.log").toFile()))
                .start());
    }

    /** kill -9 of every process of it. */
    synchronized void kill() throws InterruptedException {
        if (process.isEmpty()) {
            return;
        }
        Process server = process.get();
        Set<ProcessHandle> all = new HashSet<>(server.descendants().toList());
        all.add(server.toHandle());
        // Stopped first, so that it starts none while they are killed.
        for (ProcessHandle one : List.of(server.toHandle())) {
            Shell.works("kill", "-STOP", "" + one.pid());
        }
        all.addAll(server.descendants().toList());
        all.forEach(ProcessHandle::destroyForcibly);
        server.waitFor();
    }

    /** Fast: connections are broken, transactions rolled back. */
    synchronized void stop() throws InterruptedException {
        if (process.isPresent()) {
            Shell.works("kill", "-INT", "" + process.get().pid());
            if (!process.get().waitFor(20, TimeUnit.SECONDS)) {
                kill();
            }
        }
    }

    long pid() {
        return process.map(Process::pid).orElse(-1L);
    }
}
