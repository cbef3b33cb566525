package dev.drover.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariDataSource;
import dev.drover.persistence.journal.H2Database;
import dev.drover.persistence.read.JdbcReadModel;
import dev.drover.planning.Intent;
import dev.drover.planning.PoolDecider;
import dev.drover.planning.input.Input;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.pool.PoolSpec;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pool's actor on the journal it has in production. */
@Timeout(60)
class RecoveryTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    private static final InstantSource CLOCK = () -> NOW;
    private static final PoolDecider DECIDER = new PoolDecider();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private H2Database database;

    @BeforeEach
    void migrate() {
        database = H2Database.in(directory);
        JdbcReadModel.open(database).close();
    }

    /** A life of the pool's actor. */
    private final class Life implements AutoCloseable {
        final ActorTestKit testKit = ActorTestKit.create(database.pekkoConfig().withFallback(ConfigFactory.load()));
        final TestProbe<PoolFrontActor.Message> front = testKit.createTestProbe();
        final ActorRef<PoolActor.Batch> pool = testKit.spawn(Behaviors.setup(context -> {
            org.apache.pekko.actor.ActorRef actor =
                    Adapter.actorOf(context, PoolActor.props(World.POOL, DECIDER, CLOCK, front.ref()));
            return Behaviors.receiveMessage(batch -> {
                actor.tell(batch, org.apache.pekko.actor.ActorRef.noSender());
                return Behaviors.same();
            });
        }));

        PoolFrontActor.Recovered recovered() {
            return front.expectMessageClass(PoolFrontActor.Recovered.class, Duration.ofSeconds(20));
        }

        PoolFrontActor.Settled settle(List<Request> requests) {
            pool.tell(new PoolActor.Batch(requests));
            return front.expectMessageClass(PoolFrontActor.Settled.class, Duration.ofSeconds(20));
        }

        @Override
        public void close() {
            testKit.shutdownTestKit();
        }
    }

    /** A pool with a node asked for, a job on its way there, and many that wait; behind a snapshot, with events since. */
    private PoolState livedThrough() {
        PoolState last;
        try (Life life = new Life()) {
            assertThat(life.recovered().state()).isEqualTo(PoolState.EMPTY);
            List<Request> first = new ArrayList<>();
            first.add(asked(
                    new PoolCommand.ConfigurePool(PoolSpec.defaults(World.POOL).withNodes(0, 1))));
            first.add(Request.of(new Input.OffersSeen(new FakeCloudProvider().offers())));
            for (int number = 0; number < 2 * Snapshots.EVERY_EVENTS; number++) {
                first.add(asked(World.submission("job-" + number)));
            }
            PoolFrontActor.Settled settled = life.settle(first);
            assertThat(settled.lastSequence()).isGreaterThan(2L * Snapshots.EVERY_EVENTS);
            Eventually.isTrue("a snapshot is kept", () -> count("snapshot") > 0);
            last = life.settle(List.of(asked(World.submission("job-since")), asked(new PoolCommand.PausePool())))
                    .state();
        }
        assertThat(last.paused()).isTrue();
        return last;
    }

    @Test
    void aPoolComesBackFromItsSnapshotAndTheEventsSince() {
        PoolState before = livedThrough();
        execute(
                "DELETE FROM \"event_journal\" WHERE \"sequence_number\" <= (SELECT \"sequence_number\" FROM \"snapshot\")");
        assertThat(count("event_journal")).as("events since the snapshot").isEqualTo(2);
        try (Life life = new Life()) {
            PoolFrontActor.Recovered after = life.recovered();
            assertThat(after.state()).isEqualTo(before);
            assertThat(DECIDER.outstanding(after.state(), after.seen(), NOW))
                    .containsExactly(new Intent.LaunchNode(
                            new NodeId(World.POOL + "-n1"),
                            before.node(new NodeId(World.POOL + "-n1"))
                                    .orElseThrow()
                                    .wanted()));
        }
    }

    @Test
    void aSnapshotThatCannotBeReadKeepsThePoolDownAndIsNamed() {
        PoolState before = livedThrough();
        byte[] sound = swapSnapshot("{\"from\":\"the future\"}".getBytes(UTF_8));
        try (Life life = new Life()) {
            LoggingTestKit.error("pool " + World.POOL + " can't be recovered").expect(life.testKit.system(), () -> {
                life.pool.tell(new PoolActor.Batch(List.of()));
                return null;
            });
            life.front.expectNoMessage();
        }
        assertThat(count("snapshot")).as("nothing is dropped or written anew").isEqualTo(1);
        swapSnapshot(sound);
        try (Life life = new Life()) {
            assertThat(life.recovered().state()).isEqualTo(before);
        }
    }

    private static Request asked(PoolCommand command) {
        return Request.of(new Input.Asked(command));
    }

    private void execute(String sql) {
        try (HikariDataSource source = database.connect("test", 1);
                Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private int count(String table) {
        try (HikariDataSource source = database.connect("test", 1);
                Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM \"" + table + "\"")) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Replaces the newest snapshot's bytes, and gives back what they were. */
    private byte[] swapSnapshot(byte[] bytes) {
        try (HikariDataSource source = database.connect("test", 1);
                Connection connection = source.getConnection();
                Statement select = connection.createStatement();
                PreparedStatement update =
                        connection.prepareStatement("UPDATE \"snapshot\" SET \"snapshot_payload\" = ?")) {
            ResultSet row = select.executeQuery("SELECT \"snapshot_payload\" FROM \"snapshot\"");
            row.next();
            byte[] were = row.getBytes(1);
            update.setBytes(1, bytes);
            update.executeUpdate();
            return were;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
