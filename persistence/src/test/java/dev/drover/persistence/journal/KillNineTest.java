package dev.drover.persistence.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.drover.persistence.read.JdbcReadModel;
import dev.drover.persistence.trial.DatabaseKind;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.id.JobId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was acknowledged survives kill -9: a real process, killed in the middle of its writes. */
class KillNineTest {
    private static final int ACKNOWLEDGED_BEFORE_THE_KILL = 300;

    @ParameterizedTest
    @EnumSource(DatabaseKind.class)
    @Timeout(60)
    void everyAcknowledgedWriteIsThereAfterTheProcessIsKilled(DatabaseKind kind, @TempDir Path directory)
            throws Exception {
        Database database = kind.create(directory);
        List<String> acknowledged = writeAndKill(database);
        try (JdbcReadModel readModel = JdbcReadModel.open(database)) {
            PoolState recovered = recover(database);
            for (String line : acknowledged) {
                JobId job = new JobId(line.substring(line.indexOf(' ') + 1));
                if (line.startsWith("journal ")) {
                    assertThat(recovered.jobs()).as(line).containsKey(job);
                } else {
                    String key = "key-" + job.value().substring("job-".length());
                    assertThat(readModel
                                    .claim(Optional.of(key), "digest", List.of(new JobId("late")), SampleEvents.POOL)
                                    .job())
                            .as(line)
                            .isEqualTo(job);
                }
            }
        }
    }

    private static List<String> writeAndKill(Database database) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                JournalWriterMain.class.getName()));
        command.addAll(JournalWriterMain.arguments(database));
        Process writer = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> acknowledged = new ArrayList<>();
        try (BufferedReader out = writer.inputReader(UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith("journal ") || line.startsWith("claim ")) {
                    acknowledged.add(line);
                }
                if (acknowledged.size() == ACKNOWLEDGED_BEFORE_THE_KILL) {
                    // By its handle: the process's own method closes the pipe with what was acknowledged last.
                    assertThat(writer.toHandle().destroyForcibly()).isTrue();
                }
            }
        } finally {
            writer.destroyForcibly();
            assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(ACKNOWLEDGED_BEFORE_THE_KILL);
        return acknowledged;
    }

    private static PoolState recover(Database database) throws Exception {
        ActorSystem<JournalWriterMain.Message> system = ActorSystem.create(
                JournalWriterMain.Writer.create(),
                "reader",
                database.pekkoConfig().withFallback(ConfigFactory.load()));
        try {
            return AskPattern.ask(system, JournalWriterMain.Show::new, Duration.ofSeconds(20), system.scheduler())
                    .toCompletableFuture()
                    .get();
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }
}
