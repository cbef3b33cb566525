package dev.drover.agent;

import static dev.drover.agent.AgentScene.NODE;
import static dev.drover.agent.fake.TestNode.lease;
import static dev.drover.agent.fake.TestNode.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.agent.fake.Await;
import dev.drover.agent.fake.FakeScheduler;
import dev.drover.agent.fake.TestNode;
import dev.drover.certs.CertificateAuthority;
import dev.drover.certs.Host;
import dev.drover.protocol.agent.UserData;
import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.json.DroverJson;
import dev.drover.protocol.tls.RotatingTls;
import dev.drover.protocol.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as its own process, as an instance starts it. */
final class AgentMainTest {
    private static final Lease FIRST = lease(1);

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endAll() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void sigtermSavesAndEndsEverything(@TempDir Path directory) throws Exception {
        try (AgentScene scene = new AgentScene(directory)) {
            Process agent = start(scene);
            scene.run(FIRST, task(1_000_000, 100_000, 5, ""), null);
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 5);
            agent.destroy();
            assertThat(agent.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(new CheckpointCatalog(scene.store).published(FIRST.shard()))
                    .hasSize(1);
            Await.until("the program's end", () -> scene.newChildren().isEmpty());
        }
    }

    @Test
    void killedItLeavesNoProgramBehind(@TempDir Path directory) throws Exception {
        try (AgentScene scene = new AgentScene(directory)) {
            Process agent = start(scene);
            scene.run(FIRST, task(1_000_000, 100_000, 5, ""), null);
            scene.scheduler.awaitShard(NODE, FIRST, status -> status.step() > 5);
            ProcessHandle program = agent.children().findFirst().orElseThrow();
            agent.destroyForcibly();
            Await.until("the socket's end to end the program", () -> !program.isAlive());
        }
    }

    @Test
    void whatIsMissingIsNamed(@TempDir Path directory) throws Exception {
        ProcessBuilder builder = java(directory);
        builder.environment().remove("DROVER_METADATA_URL");
        Process agent = builder.start();
        assertThat(agent.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).isEqualTo(2);
        assertThat(directory.resolve("agent.log")).content().contains("DROVER_METADATA_URL: is not set");
    }

    @Test
    void bySchedulersOfItsCaItIsToldWhatToDo(@TempDir Path directory) throws Exception {
        CertificateAuthority ca = authority(directory.resolve("ca"));
        try (AgentScene scene = new AgentScene(directory);
                FakeScheduler secured = new FakeScheduler(shownBy(ca))) {
            Process agent = start(scene, secured.url(), Optional.of(Files.readString(ca.certificate())));
            Await.until("a status over wss", () -> secured.status(NODE).isPresent());
            agent.destroy();
            assertThat(agent.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aSchedulerOfAnotherCaHearsNothing(@TempDir Path directory) throws Exception {
        CertificateAuthority ca = authority(directory.resolve("ca"));
        CertificateAuthority other = authority(directory.resolve("other"));
        Path log = directory.resolve("agent.log");
        try (AgentScene scene = new AgentScene(directory);
                FakeScheduler stranger = new FakeScheduler(shownBy(other))) {
            Process agent = start(scene, stranger.url(), Optional.of(Files.readString(ca.certificate())));
            Await.until("the agent to say why", () -> read(log).contains("no scheduler on dial 1: "));
            assertThat(log).content().contains("Path does not chain").doesNotContain("join-token", "BEGIN CERTIFICATE");
            agent.destroy();
            assertThat(agent.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(stranger.reports()).isEmpty();
        }
    }

    private static CertificateAuthority authority(Path directory) throws IOException {
        return CertificateAuthority.in(directory, InstantSource.system(), new SecureRandom());
    }

    private static SSLContext shownBy(CertificateAuthority ca) throws IOException {
        CertificateAuthority.Issued issued = ca.issue(new Host("127.0.0.1"), Duration.ofDays(1));
        TlsFiles files = new TlsFiles(issued.certificate(), issued.key(), ca.certificate());
        return RotatingTls.of(files, InstantSource.system(), said -> {}).context();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError("the log", e);
        }
    }

    private Process start(AgentScene scene) throws IOException {
        return start(scene, scene.scheduler.url(), Optional.empty());
    }

    private Process start(AgentScene scene, String scheduler, Optional<String> ca) throws IOException {
        Path trainer = scene.directory.resolve("trainer.json");
        Files.write(trainer, DroverJson.mapper().writeValueAsBytes(TestNode.trainer()));
        UserData identity = new UserData(
                NODE,
                new PoolName("pool"),
                List.of(scheduler),
                "join-token",
                ca,
                scene.directory.resolve("store").toUri().toString());
        scene.metadata.set("/latest/user-data", DroverJson.mapper().writeValueAsString(identity));
        ProcessBuilder builder = java(scene.directory);
        builder.environment()
                .put("DROVER_METADATA_URL", scene.metadata.address().toString());
        builder.environment()
                .put("DROVER_INSTANCE_DIR", scene.directory.resolve("instance").toString());
        builder.environment().put("DROVER_TRAINER", trainer.toString());
        Process agent = builder.start();
        started.add(agent);
        return agent;
    }

    private static ProcessBuilder java(Path directory) {
        return new ProcessBuilder(
                        TestNode.trainer().command().getFirst(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AgentMain.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("agent.log").toFile());
    }
}
