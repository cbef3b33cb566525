package dev.drover.control;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.zaxxer.hikari.HikariDataSource;
import dev.drover.cloud.LaunchRequest;
import dev.drover.persistence.journal.Database;
import dev.drover.persistence.trial.DatabaseKind;
import dev.drover.planning.input.Input;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.agent.HandoffTarget;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.agent.UserData;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** A handoff with marked secrets, and none of them in a log, at whatever level, in an answer, or in the database. */
@Timeout(60)
class SecretsTest {
    private static final String HANDOFF = "marked-handoff-token";
    private static final ShardId SHARD = new ShardId(new JobId("job-1"), 0);
    private static final Lease FIRST = new Lease(SHARD, 1);
    private static final Lease SECOND = new Lease(SHARD, 2);
    private static final HandoffTarget TARGET = new HandoffTarget("http://127.0.0.1:1", HANDOFF);

    private final FakeCloudProvider cloud = new FakeCloudProvider();

    @ParameterizedTest
    @EnumSource(DatabaseKind.class)
    void noneIsTold(DatabaseKind kind, @TempDir Path directory) throws IOException, SQLException {
        Database database = kind.create(directory);
        List<String> told = new ArrayList<>();
        List<String> secrets = new ArrayList<>(List.of(HANDOFF, World.SECRET));
        try (Everything logged = new Everything();
                World world = new World(directory, cloud, database, ClusterConfig.ALONE)) {
            world.configure(PoolSpec.defaults(World.POOL));
            assertThat(world.ask(World.submission("job-1"))).isInstanceOf(PoolReply.Job.class);
            UserData one = World.userData(launch(0));
            try (FakeAgent old = connect(world, one)) {
                old.await(AgentCommand.Run.class, run -> run.lease().equals(FIRST));
                old.send(new AgentReport.Status(
                        one.node(),
                        "inc",
                        5,
                        new EvictionNotice(
                                EvictionNotice.Source.DRILL, Instant.now().plusSeconds(60)),
                        List.of(status(FIRST, Phase.RUNNING, null))));
                UserData two = World.userData(launch(1));
                secrets.addAll(List.of(one.token(), two.token()));
                try (FakeAgent successor = connect(world, two)) {
                    successor.await(AgentCommand.Prepare.class, prepare -> true);
                    successor.status(two.node(), "inc", status(SECOND, Phase.PREPARED, TARGET));
                    assertThat(old.await(AgentCommand.HandOff.class, handOff -> handOff.target() != null)
                                    .target())
                            .isEqualTo(TARGET);
                    refuseAnImpostor(world, two);
                    for (PoolCommand question : List.of(
                            new PoolCommand.ShowPool(),
                            new PoolCommand.ShowJob(SHARD.job()),
                            new PoolCommand.ListJobs(),
                            new PoolCommand.ListNodes(),
                            new PoolCommand.ListMarkets(),
                            new PoolCommand.ShowCost())) {
                        told.add(json(world.ask(question)));
                    }
                }
            }
            told.addAll(logged.lines());
            told.addAll(rows(database));
        }
        assertThat(told).anyMatch(line -> line.contains("agent of node"));
        assertThat(told).anyMatch(line -> line.contains("shard.granted"));
        for (String secret : secrets) {
            assertThat(told).as("%s...", secret.substring(0, 6)).noneMatch(line -> line.contains(secret));
        }
    }

    /** What can't be decided on, or read, is logged: without what it holds. */
    @Test
    void whatIsPrintedShowsNone() {
        AgentReport.Status status = new AgentReport.Status(
                new NodeId("n-1"), "inc", 1, null, List.of(status(FIRST, Phase.PREPARED, TARGET)));
        AgentCommand handOff = new AgentCommand.HandOff(FIRST, TARGET, Instant.EPOCH);
        assertThat(List.of(
                        Request.of(new Input.StatusReported(status)),
                        new AgentSession.Tell(handOff),
                        new PoolFrontActor.Tell(new Input.StatusReported(status))))
                .allSatisfy(shown -> assertThat(shown.toString()).doesNotContain(HANDOFF));
    }

    private static void refuseAnImpostor(World world, UserData other) {
        try (FakeAgent impostor = FakeAgent.hello(world.url, other.node(), other.pool(), "inc", "x" + other.token())) {
            impostor.await(AgentCommand.Refuse.class, refuse -> true);
        }
    }

    private static FakeAgent connect(World world, UserData told) {
        FakeAgent agent = FakeAgent.hello(world.url, told.node(), told.pool(), "inc", told.token());
        agent.status(told.node(), "inc");
        return agent;
    }

    private LaunchRequest launch(int number) {
        return Eventually.get(
                "launch " + number, () -> cloud.launches.stream().skip(number).findFirst());
    }

    private static ShardStatus status(Lease lease, Phase phase, @Nullable HandoffTarget target) {
        return new ShardStatus(lease, phase, 1, null, target, null, null, 10, 10);
    }

    private static String json(PoolReply reply) {
        try {
            return DroverJson.mapper().writeValueAsString(reply);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** Every column of every row of every table. */
    private static List<String> rows(Database database) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (HikariDataSource source = database.connect("test", 1);
                Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet found =
                    connection.getMetaData().getTables(null, null, "%", new String[] {"TABLE", "BASE TABLE"})) {
                while (found.next()) {
                    if (!found.getString(2).equalsIgnoreCase("INFORMATION_SCHEMA")) {
                        tables.add(found.getString(3));
                    }
                }
            }
            for (String table : tables) {
                try (ResultSet row = statement.executeQuery("SELECT * FROM \"" + table + "\"")) {
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

    /** All that anybody logs, down to what production leaves out. */
    private static final class Everything implements AutoCloseable {
        private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        private final Logger own = (Logger) LoggerFactory.getLogger("dev.drover");
        private final Level before = root.getLevel();
        private final ListAppender<ILoggingEvent> kept = new ListAppender<>();

        Everything() {
            root.setLevel(Level.INFO);
            own.setLevel(Level.TRACE);
            kept.start();
            root.addAppender(kept);
        }

        List<String> lines() {
            return List.copyOf(kept.list).stream()
                    .map(event -> event.getFormattedMessage() + " "
                            + Optional.ofNullable(event.getThrowableProxy())
                                    .map(IThrowableProxy::getMessage)
                                    .orElse(""))
                    .toList();
        }

        @Override
        public void close() {
            root.detachAppender(kept);
            root.setLevel(before);
            own.setLevel(null);
        }
    }
}
