package dev.drover.cloud.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cloud.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentProcessTest {
    @TempDir
    Path directory = Path.of("set by JUnit");

    @AfterEach
    void nothingIsLeft() throws Exception {
        AgentProcess.sweep(directory);
        LocalCloudFixture.assertNothingRuns(directory);
    }

    @Test
    void startThatWasNotNotedIsFoundByItsClaim() throws Exception {
        AgentProcess started = AgentProcess.start(LocalCloudFixture.sleeper(), directory, 1, "http://127.0.0.1:1");
        Waiting.until("it runs", () -> Files.exists(directory.resolve("agent.pid")));
        Optional<AgentProcess> found =
                AgentProcess.claimed(directory, 1).flatMap(pid -> AgentProcess.adopt(directory, pid));
        assertThat(found).isPresent();
        assertThat(found.orElseThrow().pid(Instant.EPOCH)).isEqualTo(started.pid(Instant.EPOCH));
    }

    @Test
    void startWhoseClaimWasTakenNeverRuns() throws Exception {
        assertThat(AgentProcess.claimed(directory, 1)).isEmpty();
        AgentProcess late = AgentProcess.start(LocalCloudFixture.sleeper(), directory, 1, "http://127.0.0.1:1");
        assertThat(late.exit().get()).contains("exit code");
        assertThat(directory.resolve("agent.pid")).doesNotExist();
        assertThat(AgentProcess.claimed(directory, 1)).isEmpty();
    }

    @Test
    void anotherProcessOfTheSamePidIsNotAdopted() {
        long own = ProcessHandle.current().pid();
        Instant longAgo = Instant.parse("2020-01-01T00:00:00Z");
        assertThat(AgentProcess.adopt(directory, new InstanceRecord.AgentPid(own, longAgo)))
                .isEmpty();
    }

    @Test
    void endFindsWhatLostItsParentsAndLeftTheSession() throws Exception {
        Image forking =
                new Image(List.of("/bin/sh", "-c", "(setsid sleep 600 & echo $! > orphan.pid); exit 0"), Map.of());
        AgentProcess agent = AgentProcess.start(forking, directory, 1, "http://127.0.0.1:1");
        assertThat(agent.exit().get()).isEqualTo("the agent's process ended with exit code 0");
        long orphan =
                Long.parseLong(Files.readString(directory.resolve("orphan.pid")).trim());
        assertThat(LocalCloudFixture.isLive(orphan)).isTrue();
        agent.end(Duration.ZERO);
        assertThat(LocalCloudFixture.isLive(orphan)).isFalse();
    }
}
