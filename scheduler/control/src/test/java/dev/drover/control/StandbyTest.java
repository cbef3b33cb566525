package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.drover.persistence.journal.Database;
import dev.drover.persistence.trial.TrialPostgres;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two schedulers on one PostgreSQL: what the one knows of the pool that the other looks after. */
@Timeout(120)
class StandbyTest {
    private static final String ID = PoolActor.persistenceIdOf(World.POOL).id();

    private final List<World> schedulers = new ArrayList<>();
    private Database database = TrialPostgres.create();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @BeforeEach
    void start() throws IOException {
        FakeCloudProvider cloud = new FakeCloudProvider();
        for (int port : ClusterTest.freePorts(2)) {
            schedulers.add(new World(directory, cloud, database, ClusterTest.member(port, Downing.MAJORITY)));
        }
        for (World scheduler : schedulers) {
            Eventually.isTrue("both are up", () -> ClusterTest.membersUp(scheduler) == 2);
        }
        schedulers.getFirst().configure(PoolSpec.defaults(World.POOL));
    }

    @AfterEach
    void stop() {
        schedulers.forEach(World::close);
    }

    @Test
    void whatOneLooksAfterTheOtherReadsOn() {
        submit("job-1");
        Eventually.isTrue("one job is known", () -> jobs(other()) == 1);
        submit("job-2");
        submit("job-3");
        Eventually.isTrue("all are known", () -> jobs(other()) == 3);
        assertThat(standby(holder())).isEmpty();
    }

    /** What it knew is gone from the database: so it is from there that the pool comes back. */
    @Test
    void aPoolComesBackFromIt() throws SQLException {
        submit("job-1");
        submit("job-2");
        Eventually.isTrue("both are known", () -> jobs(other()) == 2);
        World next = other();
        World leaving = holder();
        forgetUntil(standby(next).orElseThrow().sequence());
        schedulers.remove(leaving);
        leaving.close();
        submit("job-3");
        assertThat(next.ask(new PoolCommand.ListJobs()))
                .isInstanceOfSatisfying(
                        PoolReply.Jobs.class, all -> assertThat(all.jobs()).hasSize(3));
        Eventually.isTrue(
                "nothing is on standby for itself", () -> standby(next).isEmpty());
    }

    private void submit(String job) {
        assertThat(schedulers.getFirst().ask(World.submission(job))).isInstanceOf(PoolReply.Job.class);
    }

    private World other() {
        return Eventually.get(
                "one has it on standby",
                () -> schedulers.stream()
                        .filter(scheduler -> standby(scheduler).isPresent())
                        .findFirst());
    }

    private World holder() {
        World other = other();
        return schedulers.stream()
                .filter(scheduler -> scheduler != other)
                .findFirst()
                .orElseThrow();
    }

    private static int jobs(World scheduler) {
        return standby(scheduler).map(held -> held.state().jobs().size()).orElse(0);
    }

    private static Optional<Standby.Held> standby(World scheduler) {
        return Standby.of(Adapter.toClassic(scheduler.system)).get(ID);
    }

    private void forgetUntil(long sequence) throws SQLException {
        try (HikariDataSource connections = database.connect("test", 1);
                Connection connection = connections.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM event_journal WHERE sequence_number <= " + sequence);
            statement.executeUpdate("DELETE FROM snapshot WHERE sequence_number <= " + sequence);
        }
    }
}
