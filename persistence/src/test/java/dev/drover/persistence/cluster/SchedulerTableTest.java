package dev.drover.persistence.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.drover.persistence.cluster.SchedulerTable.Standing;
import dev.drover.persistence.journal.Database;
import dev.drover.persistence.journal.Schema;
import dev.drover.persistence.trial.DatabaseKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class SchedulerTableTest {
    @ParameterizedTest
    @EnumSource(DatabaseKind.class)
    void ofSchedulersThatStartTogetherOneFormsTheCluster(DatabaseKind kind, @TempDir Path directory) throws Exception {
        try (SchedulerTable table = migrated(kind, directory);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long former = 0; former < 5; former++) {
                List<Callable<Boolean>> racers = new ArrayList<>();
                for (String address : List.of("a:1", "b:1", "c:1")) {
                    long known = former;
                    var unused = table.tell(standing(address, 7, 0));
                    racers.add(() -> table.form(known, address, 7));
                }
                int formed = 0;
                for (Future<Boolean> racer : threads.invokeAll(racers)) {
                    formed += racer.get() ? 1 : 0;
                }
                assertThat(formed).isOne();
                Census census = table.read();
                assertThat(census.formation()).isEqualTo(former + 1);
                assertThat(census.schedulers())
                        .extracting(Census.Row::formation)
                        .containsExactlyInAnyOrder(former + 1, 0L, 0L);
            }
            assertThat(table.form(3, "a:1", 7))
                    .as("by who knows of a former one")
                    .isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(DatabaseKind.class)
    void schedulersAreSeenAsTheyToldLastUntilTheyLeave(DatabaseKind kind, @TempDir Path directory) throws Exception {
        try (SchedulerTable table = migrated(kind, directory)) {
            var unused = table.tell(standing("a:1", 7, 0));
            Census before = table.tell(standing("b:1", 8, 3));
            Census after = table.tell(new Standing("b:1", 9, 3, "ws://b/agents/v1", List.of("herd", "default"), 12));
            assertThat(after.schedulers()).extracting(Census.Row::address).containsExactly("a:1", "b:1");
            Census.Row last = after.schedulers().getLast();
            assertThat(last.pools()).containsExactly("herd", "default");
            assertThat(last.agents()).isEqualTo(12);
            assertThat(last.heardAt()).isAfter(before.schedulers().getLast().heardAt());
            assertThat(last.silentFor()).isGreaterThanOrEqualTo(Duration.ZERO);
            assertThat(before.schedulers().getFirst().pools()).isEmpty();
            table.leave("b:1", 8);
            table.forget();
            assertThat(table.read().schedulers()).as("another process's").hasSize(2);
            table.leave("b:1", 9);
            assertThat(table.read().schedulers())
                    .extracting(Census.Row::address)
                    .containsExactly("a:1");
        }
    }

    private static Standing standing(String address, long incarnation, long formation) {
        return new Standing(address, incarnation, formation, "ws://" + address + "/agents/v1", List.of(), 0);
    }

    private static SchedulerTable migrated(DatabaseKind kind, Path directory) {
        Database database = kind.create(directory);
        try (HikariDataSource connections = database.connect("test", 2)) {
            Schema.migrate(connections, database.migrations());
        }
        return SchedulerTable.open(database);
    }
}
