package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.drover.persistence.cluster.Census;
import dev.drover.persistence.cluster.SchedulerTable;
import dev.drover.persistence.journal.Database;
import dev.drover.persistence.journal.Schema;
import dev.drover.persistence.trial.TrialPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How schedulers that know nothing but their database come together, and what they do about a second cluster. */
@Timeout(120)
class MembershipTest {
    private final Database database = TrialPostgres.create();
    private final List<BareMember> members = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private SchedulerTable table;

    @BeforeEach
    void migrate() {
        try (HikariDataSource connections = database.connect("test", 2)) {
            Schema.migrate(connections, database.migrations());
        }
        table = SchedulerTable.open(database);
    }

    @AfterEach
    void stop() {
        members.forEach(BareMember::close);
        table.close();
    }

    @Test
    void thoseThatStartTogetherFormOneClusterAndOthersJoinIt() throws Exception {
        start(ClusterTest.freePorts(3));
        awaitUp(3);
        start(ClusterTest.freePorts(1));
        awaitUp(4);
        Eventually.isTrue("all say so", () -> formations().equals(List.of(1L, 1L, 1L, 1L)));
        members.removeLast().close();
        assertThat(table.read().schedulers()).as("who ends is taken out").hasSize(3);
    }

    @Test
    void thoseThatWereKilledFormTheNextOne() throws Exception {
        List<Integer> ports = ClusterTest.freePorts(3);
        SchedulerTable.Standing dead = new SchedulerTable.Standing("127.0.0.1:" + ports.get(2), 7, 0, "", List.of(), 0);
        Census unused = table.tell(dead);
        assertThat(table.form(0, dead.address(), dead.incarnation())).isTrue();
        start(ports.subList(0, 2));
        awaitUp(2);
        assertThat(table.read().formation()).isEqualTo(2);
    }

    @Test
    void aClusterThatAnotherOneWasFormedAfterEnds() throws Exception {
        start(ClusterTest.freePorts(2));
        awaitUp(2);
        Eventually.isTrue("both know which cluster it is", () -> formations().equals(List.of(1L, 1L)));
        assertThat(table.form(1, "elsewhere:1", 9)).isTrue();
        members.forEach(member -> Eventually.isTrue("it ends", member::isOver));
    }

    private void start(List<Integer> ports) throws IOException {
        for (int port : ports) {
            members.add(new BareMember(database, ClusterTest.member(port, Downing.MAJORITY), ""));
        }
    }

    private void awaitUp(int count) {
        members.forEach(member -> Eventually.isTrue("all are up", () -> member.up() == count));
    }

    private List<Long> formations() {
        try {
            return table.read().schedulers().stream().map(Census.Row::formation).toList();
        } catch (SQLException e) {
            throw new AssertionError("the table", e);
        }
    }
}
