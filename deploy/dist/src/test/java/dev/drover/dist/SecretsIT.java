package dev.drover.dist;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import dev.drover.cloud.local.LocalCloudControl;
import dev.drover.dist.demo.DemoApi;
import dev.drover.dist.trial.ClusterTrial;
import dev.drover.dist.trial.Deadline;
import dev.drover.dist.trial.SmallJob;
import dev.drover.persistence.journal.PostgresDatabase;
import dev.drover.persistence.trial.TrialPostgres;
import dev.drover.protocol.api.NodeView;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.pool.PoolSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster in real processes with marked secrets, and none of them where people or other programs may look. */
class SecretsIT {
    private static final String PASSWORD = "marked-password-of-the-database";
    private static final PoolName POOL = new PoolName("careful");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int STREAMED_MILLIS = 5_000;

    @Test
    void noneIsInALogAnAnswerTheDatabaseOrACommandLine(@TempDir Path directory) throws Exception {
        PostgresDatabase like = TrialPostgres.create();
        PostgresDatabase database = new PostgresDatabase(like.url(), like.user(), PASSWORD);
        List<String> told = new ArrayList<>();
        List<String> secrets = new ArrayList<>(List.of(PASSWORD));
        try (ClusterTrial cluster = ClusterTrial.in(directory, database, 1);
                DemoApi api = cluster.scheduler(0).api()) {
            for (String file : List.of("user", "admin", "agents")) {
                secrets.add(Files.readString(directory.resolve(file)));
            }
            api.putPool(PoolSpec.defaults(POOL).withNodes(0, 2));
            JobId job = api.submit(new SmallJob(cluster.text(), 4_000, 20).in(POOL), "marked-key");
            NodeId first = awaitGeneration(api, job, 1);
            try (LocalCloudControl cloud = LocalCloudControl.open(cluster.home().resolve("cloud"))) {
                cloud.evict(first, Duration.ofSeconds(30));
            }
            NodeId second = awaitGeneration(api, job, 2);
            told.addAll(commandLines(directory));
            for (NodeView node : api.nodes(POOL)) {
                told.add(node.toString());
            }
            secrets.addAll(joinTokens(cluster.home().resolve("cloud/instances")));
            assertThat(secrets).as("with a join token of each node").hasSizeGreaterThanOrEqualTo(6);
            int port = cluster.scheduler(0).port();
            for (String path : paths(job)) {
                told.add(answer(port, path, "Bearer " + ClusterTrial.USER));
            }
            told.add(answer(port, "/v1/pools", "Bearer\u0001" + ClusterTrial.USER));
            told.add(answer(port, "/v1/pools", "Basic " + ClusterTrial.USER + " \u0002"));
            told.add(answer(port, "/v1/pools", "Bearer x" + ClusterTrial.USER));
            told.add(answer(port, "/v1/pools?token=" + ClusterTrial.USER, "Bearer none"));
            api.cancel(job);
            assertThat(told).anyMatch(line -> line.contains(second.value()));
        }
        told.addAll(logs(directory));
        told.addAll(rows(database));
        assertThat(told).anyMatch(line -> line.contains("dev.drover.agent.AgentMain"));
        assertThat(told).anyMatch(line -> line.contains("is looked after here"));
        assertThat(told).anyMatch(line -> line.contains("shard.granted"));
        for (String secret : secrets) {
            assertThat(told.stream().filter(line -> line.contains(secret)).map(line -> line.replace(secret, "SECRET")))
                    .as("told of %s...", secret.substring(0, 6))
                    .isEmpty();
        }
    }

    private static NodeId awaitGeneration(DemoApi api, JobId job, int generation) throws Exception {
        Deadline deadline = Deadline.in(PATIENCE);
        while (true) {
            ShardView shard = api.job(job).shards().getFirst();
            if (shard.generation() == generation
                    && shard.step() > 0
                    && shard.node().isPresent()) {
                return shard.node().get();
            }
            deadline.pause(() -> "generation " + generation + " does not run: " + shard);
        }
    }

    private static List<String> paths(JobId job) {
        String one = "/v1/jobs/" + job;
        String pool = "/v1/pools/" + POOL;
        return List.of(
                "/v1/jobs",
                one,
                one + "/telemetry",
                one + "/checkpoints",
                one + "/logs",
                "/v1/pools",
                pool,
                pool + "/nodes",
                pool + "/markets",
                pool + "/cost",
                "/metrics",
                "/healthz",
                "/readyz",
                "/openapi.json",
                "/v1/nothing");
    }

    /** By hand, as no client sends such headers as this is to send. */
    private static String answer(int port, String path, String authorization) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(STREAMED_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write("GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: %s\r\nConnection: close\r\n\r\n"
                    .formatted(path, authorization)
                    .getBytes(ISO_8859_1));
            out.flush();
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(answer);
            } catch (SocketTimeoutException e) {
                // A stream that goes on: what came of it will do.
            }
            return answer.toString(ISO_8859_1);
        }
    }

    /** Of the processes that have to do with this directory. */
    private static List<String> commandLines(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.toList()) {
                String line = readIfThere(process.resolve("cmdline"));
                if (line.contains(directory.toString())
                        || readIfThere(process.resolve("environ")).contains(directory.toString())) {
                    lines.add(line.replace('\0', ' '));
                }
            }
        }
        return lines;
    }

    private static String readIfThere(Path file) {
        try {
            return new String(Files.readAllBytes(file), ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static List<String> joinTokens(Path instances) throws IOException {
        List<String> tokens = new ArrayList<>();
        try (Stream<Path> all = Files.list(instances)) {
            for (Path instance : all.toList()) {
                JsonNode userData = DroverJson.mapper()
                        .readTree(instance.resolve("user-data").toFile());
                tokens.add(userData.path("token").asText());
            }
        }
        return tokens;
    }

    private static List<String> logs(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(path -> path.getFileName().toString().contains("log"))
                    .filter(Files::isRegularFile)
                    .toList()) {
                lines.addAll(Files.readAllLines(file, ISO_8859_1));
            }
        }
        return lines;
    }

    /** Every column of every row of every table. */
    private static List<String> rows(PostgresDatabase database) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (HikariDataSource source = database.connect("test", 1);
                Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet found = connection.getMetaData().getTables(null, "public", "%", new String[] {"TABLE"})) {
                while (found.next()) {
                    tables.add(found.getString("TABLE_NAME"));
                }
            }
            for (String table : tables) {
                try (ResultSet row = statement.executeQuery("SELECT * FROM " + table)) {
                    while (row.next()) {
                        rows.add(text(row));
                    }
                }
            }
        }
        return rows;
    }

    private static String text(ResultSet row) throws SQLException {
        StringBuilder text = new StringBuilder();
        for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
            Object value = row.getObject(column);
            text.append(value instanceof byte[] bytes ? new String(bytes, ISO_8859_1) : String.valueOf(value))
                    .append(' ');
        }
        return text.toString();
    }
}
