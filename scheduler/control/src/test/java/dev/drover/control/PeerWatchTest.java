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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.pekko.actor.Address;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three members that all live, and what one of them does when others seem to refuse connections. */
@Timeout(120)
class PeerWatchTest {
    private static final Duration OFTEN = Duration.ofMillis(20);
    private static final int MANY = 30;

    private final Map<Address, Integer> looks = new ConcurrentHashMap<>();
    private final List<BareMember> members = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        Database database = TrialPostgres.create();
        try (HikariDataSource connections = database.connect("test", 2)) {
            Schema.migrate(connections, database.migrations());
        }
        for (int port : ClusterTest.freePorts(3)) {
            members.add(new BareMember(database, ClusterTest.member(port, Downing.MAJORITY), ""));
        }
        members.forEach(member -> Eventually.isTrue("all are up", () -> member.up() == 3));
    }

    @AfterEach
    void stop() {
        members.forEach(BareMember::close);
    }

    @Test
    void whoRefusesAgainAndAgainIsTakenOut() {
        Address dead = members.getLast().address();
        watch(dead::equals);
        Eventually.isTrue("it is taken out", () -> members.getFirst().up() == 2);
        Eventually.isTrue("and ends", members.getLast()::isOver);
        assertThat(members.get(1).isOver()).isFalse();
    }

    @Test
    void whoRefusesNowAndThenStays() {
        Address shaky = members.getLast().address();
        watch(peer -> peer.equals(shaky) && looks.getOrDefault(peer, 0) % 3 != 0);
        awaitLooks();
        assertThat(members.getFirst().up()).isEqualTo(3);
    }

    @Test
    void whoIsNoMajorityTakesNobodyOut() {
        watch(peer -> true);
        awaitLooks();
        assertThat(members.getFirst().up()).isEqualTo(3);
    }

    private void watch(Predicate<Address> refuses) {
        members.getFirst().watchPeers(OFTEN, peer -> {
            looks.merge(peer, 1, Integer::sum);
            return refuses.test(peer);
        });
    }

    private void awaitLooks() {
        Eventually.isTrue(
                "it has looked often",
                () -> looks.size() == 2 && looks.values().stream().allMatch(count -> count > MANY));
    }
}
