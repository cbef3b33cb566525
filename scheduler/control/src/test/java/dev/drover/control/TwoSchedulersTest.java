package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.drover.persistence.journal.Database;
import dev.drover.persistence.journal.Schema;
import dev.drover.persistence.trial.TrialPostgres;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two schedulers, of which either may go on without the other, by a lease in their PostgreSQL. */
@Timeout(120)
class TwoSchedulersTest {
    /** As when a process is killed: it says no word. */
    private static final String NO_FAREWELL = "pekko.coordinated-shutdown.run-by-actor-system-terminate = off\n";

    private final List<BareMember> members = new ArrayList<>();
    private final List<CutLine> lines = new ArrayList<>();

    @AfterEach
    void stop() {
        members.forEach(BareMember::close);
        lines.forEach(CutLine::close);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whicheverDiesTheOtherGoesOn(int dying) throws IOException {
        start();
        BareMember dead = members.remove(dying);
        dead.close();
        lines.get(dying).close();
        Eventually.isTrue("the other is alone", () -> members.getFirst().up() == 1);
        assertThat(members.getFirst().isOver()).isFalse();
    }

    @Test
    void ofTwoThatAreCutFromEachOtherExactlyOneGoesOn() throws IOException {
        start();
        lines.forEach(CutLine::cut);
        Eventually.isTrue("one has ended", () -> members.stream().anyMatch(BareMember::isOver));
        List<BareMember> alive =
                members.stream().filter(member -> !member.isOver()).toList();
        assertThat(alive).hasSize(1);
        Eventually.isTrue("the other is alone", () -> alive.getFirst().up() == 1);
        assertThat(alive.getFirst().isOver()).isFalse();
    }

    @Test
    void ofTwoThatRefuseEachOtherExactlyOneGoesOn() throws IOException {
        start();
        members.forEach(member -> member.watchPeers(Duration.ofMillis(50), peer -> true));
        Eventually.isTrue("one has ended", () -> members.stream().anyMatch(BareMember::isOver));
        List<BareMember> alive =
                members.stream().filter(member -> !member.isOver()).toList();
        assertThat(alive)
                .singleElement()
                .satisfies(member -> assertThat(member.up()).isOne());
    }

    /** Each is reached by a line that can be cut. */
    private void start() throws IOException {
        Database database = TrialPostgres.create();
        try (HikariDataSource connections = database.connect("test", 2)) {
            Schema.migrate(connections, database.migrations());
        }
        List<Integer> ports = ClusterTest.freePorts(4);
        for (int at = 0; at < 2; at++) {
            lines.add(new CutLine(ports.get(at), ports.get(at + 2)));
            members.add(new BareMember(
                    database,
                    ClusterTest.member(ports.get(at), Downing.LEASE),
                    NO_FAREWELL
                            + "pekko.remote.artery.bind { hostname = \"127.0.0.1\", port = " + ports.get(at + 2)
                            + " }"));
        }
        members.forEach(member -> Eventually.isTrue("both are up", () -> member.up() == 2));
    }
}
