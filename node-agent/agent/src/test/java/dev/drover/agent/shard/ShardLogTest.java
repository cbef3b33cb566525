package dev.drover.agent.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.store.FileObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardLogTest {
    private static final Lease LEASE = Lease.parse("job-a/0@1");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String AT = NOW + " agent: ";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Instant now = NOW;

    @SuppressWarnings("NullAway.Init")
    private FileObjectStore store;

    @SuppressWarnings("NullAway.Init")
    private Path printed;

    @SuppressWarnings("NullAway.Init")
    private ShardLog log;

    @BeforeEach
    void create() throws IOException {
        store = new FileObjectStore(Files.createDirectory(directory.resolve("store")));
        printed = directory.resolve("process-1.log");
        log = new ShardLog(LEASE, store, () -> now, directory.resolve("scratch"));
    }

    @Test
    void whatTheAgentSaysStandsWhereItWasSaid() throws IOException {
        log.line("waits for a process");
        log.follow(printed);
        log.line("runs process 7");
        print("step 1\n");
        log.line("saves");
        print("step 2\n");
        log.ship();
        assertThat(shipped())
                .isEqualTo(AT + "waits for a process\n" + AT + "runs process 7\nstep 1\n" + AT + "saves\nstep 2\n");
        assertThat(log.withLastLine("ended")).isEqualTo("ended; its last line: step 2");
    }

    @Test
    void ofAProgramThatEndedWellAndPrintedNothingNothingIsKept() throws IOException {
        log.follow(printed);
        log.line("runs process 7");
        log.ended(Phase.DONE);
        log.ship();
        assertThat(printed).doesNotExist();
        assertThat(find()).isEmpty();
    }

    @Test
    void ofAStartThatTakesItsTimeTheAgentsWordIsShipped() throws IOException {
        log.follow(printed);
        log.line("runs process 7");
        now = NOW.plusSeconds(9);
        log.ship();
        assertThat(find()).isEmpty();
        now = NOW.plusSeconds(10);
        log.ship();
        assertThat(shipped()).isEqualTo(AT + "runs process 7\n");
    }

    @Test
    void ofAProgramThatFailedOrPrintedAllIsKept() throws IOException {
        log.follow(printed);
        log.ended(Phase.FAILED);
        log.ship();
        assertThat(shipped()).isEqualTo(AT + "is FAILED\n");
        ShardLog other = new ShardLog(LEASE, store, () -> now, directory.resolve("scratch"));
        other.follow(printed);
        print("well\n");
        other.ended(Phase.DONE);
        other.ship();
        assertThat(shipped()).isEqualTo("well\n" + AT + "is DONE\n");
    }

    @Test
    void theNewestMebibyteIsShippedAndAnEndlessLogBeginsAnew() throws IOException {
        log.follow(printed);
        log.line("runs process 7");
        print("x".repeat(17 << 20));
        log.ship();
        assertThat(shipped()).hasSize(1 << 20).endsWith("xxx");
        assertThat(printed).isEmptyFile();
        print("y\n");
        log.ship();
        assertThat(shipped()).isEqualTo("y\n");
    }

    private void print(String text) throws IOException {
        Files.writeString(printed, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private String shipped() throws IOException {
        return find().orElseThrow();
    }

    private Optional<String> find() throws IOException {
        return store.get(CheckpointLayout.log(LEASE)).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
}
