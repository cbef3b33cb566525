package dev.drover.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.spec.InvalidSpecException;
import dev.drover.protocol.tls.TlsException;
import dev.drover.protocol.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SchedulerTlsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void certificatesAreBesideTheFileAndAgentsDialWss() throws IOException {
        SchedulerSetup setup = read("tls: {certificate: h.pem, key: keys/h.key, ca: /etc/ca.pem}");
        assertThat(setup.cluster().tls())
                .contains(new TlsFiles(
                        directory.resolve("h.pem"), directory.resolve("keys/h.key"), Path.of("/etc/ca.pem")));
        assertThat(setup.agentsUrl()).isEqualTo("wss://10.0.0.5:7070/agents/v1");
        assertThat(read("").agentsUrl()).isEqualTo("ws://10.0.0.5:7070/agents/v1");
    }

    @Test
    void allThreeFilesAreNeeded() {
        assertThatThrownBy(() -> read("tls: {certificate: h.pem, key: h.key}"))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("tls.ca: is missing");
    }

    @Test
    void whatCantBeUsedIsSaidBeforeAnythingIsStarted() throws IOException {
        SchedulerSetup setup = read("tls: {certificate: h.pem, key: h.key, ca: ca.pem}");
        assertThatThrownBy(() -> SchedulerNode.start(setup))
                .isInstanceOf(TlsException.class)
                .hasMessage(directory.resolve("h.pem") + ": is not there; give a file in PEM");
        assertThat(setup.cloud().directory()).doesNotExist();
    }

    private SchedulerSetup read(String tls) throws IOException {
        Files.writeString(directory.resolve("user"), "sixteen characters");
        Files.writeString(directory.resolve("admin"), "sixteen characters, and more");
        String text = """
            cluster: trial
            host: 10.0.0.5
            database: {url: "jdbc:postgresql://127.0.0.1:1/none", user: drover}
            store: store
            cloud: {home: cloud}
            secrets: {user: user, admin: admin, agents: user}
            %s
            """.formatted(tls);
        return SchedulerFile.read(Files.writeString(directory.resolve("scheduler.yaml"), text));
    }
}
