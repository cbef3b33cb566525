package dev.drover.cloud.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.cloud.CloudException;
import dev.drover.cloud.Instance;
import dev.drover.cloud.InstanceState;
import dev.drover.cloud.LaunchRequest;
import dev.drover.cloud.Waiting;
import dev.drover.protocol.id.NodeId;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own can show. */
class LocalCloudProcessTest {
    private static final NodeId NODE = new NodeId("survivor");

    private Path root;
    private Path directory;
    private LocalCloudProcess.Options options;

    @BeforeEach
    void write(@TempDir Path empty) throws IOException {
        root = empty;
        directory = root.resolve("cloud");
        Path image = root.resolve("image.json");
        LocalCloudFixture.tinyAgent().write(image);
        Path catalog = root.resolve("catalog.yaml");
        Files.writeString(catalog, LocalCloudFixture.CATALOG);
        options = LocalCloudProcess.Options.of(directory, image)
                .withCatalog(catalog)
                .withSeed(7);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        var running = LocalCloudProcess.find(directory);
        if (running.isPresent()) {
            assertThat(running.get().stop(Duration.ofSeconds(20))).isTrue();
        }
        LocalCloudFixture.assertNothingRuns(directory);
    }

    @Test
    void instancesOutliveAKilledCloudAndTheNextOneAdoptsThem() throws Exception {
        LocalCloudProcess first = LocalCloudProcess.startIfAbsent(options);
        assertThat(LocalCloudProcess.startIfAbsent(options).pid()).isEqualTo(first.pid());
        // "pid (name) state parent group session": a session of its own gets no Ctrl-C of its starter's terminal.
        String stat = Files.readString(Path.of("/proc/" + first.pid() + "/stat"));
        assertThat(stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5)[3]).isEqualTo(Long.toString(first.pid()));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("endpoint.json"))))
                .isEqualTo("rw-------");
        try (LocalCloudProvider provider = LocalCloudProvider.open(directory);
                HttpClient http = HttpClient.newHttpClient()) {
            provider.launch(new LaunchRequest(
                    NODE, List.of(LocalCloudFixture.SPOT_A), LocalCloudFixture.OWNER, Map.of(), "{\"a\":1}"));
            Instance before = untilState(provider, InstanceState.RUNNING);
            InstanceRecord known = new StateFile(directory)
                    .load()
                    .orElseThrow()
                    .find(new OwnedNode(LocalCloudFixture.OWNER, NODE))
                    .orElseThrow();
            long agent = java.util.Objects.requireNonNull(known.agent()).pid();
            MetadataReader metadata = new MetadataReader(http, "http://127.0.0.1:" + known.metadataPort());
            assertThat(metadata.text("/latest/user-data")).isEqualTo("{\"a\":1}");

            kill(first.pid());
            assertThatThrownBy(provider::offers).isInstanceOf(CloudException.class);
            assertThat(LocalCloudFixture.isLive(agent)).isTrue();

            LocalCloudProcess second = LocalCloudProcess.startIfAbsent(options);
            assertThat(second.pid()).isNotEqualTo(first.pid());
            assertThat(provider.instance(LocalCloudFixture.OWNER, NODE)).contains(before);
            assertThat(metadata.text("/latest/meta-data/instance-id")).isEqualTo(before.instanceId());

            kill(agent);
            assertThat(untilState(provider, InstanceState.TERMINATED).endReason())
                    .contains("process ended");
        }
    }

    @Test
    void stoppedCloudEndsItsInstances() throws Exception {
        LocalCloudProcess cloud = LocalCloudProcess.startIfAbsent(options);
        try (LocalCloudProvider provider = LocalCloudProvider.open(directory)) {
            provider.launch(
                    new LaunchRequest(NODE, List.of(LocalCloudFixture.SPOT_A), LocalCloudFixture.OWNER, Map.of(), ""));
            untilState(provider, InstanceState.RUNNING);
        }
        // SIGTERM: DELETE /cloud is what the other test ends with.
        ProcessHandle.of(cloud.pid()).orElseThrow().destroy();
        Waiting.until("the cloud ended", () -> !LocalCloudFixture.isLive(cloud.pid()));
        LocalCloudFixture.assertNothingRuns(directory);
        assertThat(directory.resolve("endpoint.json")).doesNotExist();
        InstanceRecord ended = new StateFile(directory)
                .load()
                .orElseThrow()
                .find(new OwnedNode(LocalCloudFixture.OWNER, NODE))
                .orElseThrow();
        assertThat(ended.instance().endReason()).isEqualTo("the local cloud was stopped");
    }

    @Test
    void cloudThatCannotStartSaysWhy() throws Exception {
        Path broken = root.resolve("broken.yaml");
        Files.writeString(broken, "tock: 1s\n");
        assertThatThrownBy(() -> LocalCloudProcess.startIfAbsent(options.withCatalog(broken)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unknown field 'tock'");
    }

    private static Instance untilState(LocalCloudProvider provider, InstanceState state) throws Exception {
        return Waiting.until(
                        "the node is " + state,
                        () -> provider.instance(LocalCloudFixture.OWNER, NODE),
                        found -> found.isPresent() && found.get().state() == state)
                .orElseThrow();
    }

    private static void kill(long pid) throws Exception {
        ProcessHandle handle = ProcessHandle.of(pid).orElseThrow();
        assertThat(handle.destroyForcibly()).isTrue();
        Waiting.until("process " + pid + " is dead", () -> !LocalCloudFixture.isLive(pid));
    }
}
