package dev.drover.agent.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.checkpoint.InvalidCheckpointException;
import dev.drover.protocol.checkpoint.Manifest;
import dev.drover.protocol.checkpoint.ManifestJson;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.store.FileObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why a checkpoint is passed over: which file, and what is wrong with it. */
final class CheckpointRestorerTest {
    private static final Lease LEASE = Lease.parse("job-a/0@1");
    private static final String PREFIX = CheckpointLayout.checkpoint(LEASE, 20);

    private final List<String> notes = new ArrayList<>();
    private Path scratch;
    private Path store;
    private CheckpointRef ref;

    @BeforeEach
    void publish(@TempDir Path directory) throws IOException {
        scratch = directory;
        store = directory.resolve("store");
        ref = publish(List.of(entry("model.safetensors", "weights"), entry("state.json", "{}")));
        Files.writeString(at("model.safetensors"), "weights");
        Files.writeString(at("state.json"), "{}");
    }

    private CheckpointRef publish(List<Manifest.Entry> files) throws IOException {
        Manifest manifest = new Manifest(Manifest.FORMAT, LEASE, 20, Instant.EPOCH, files);
        Files.createDirectories(at("manifest.json").getParent());
        Files.write(at("manifest.json"), ManifestJson.write(manifest));
        return new CheckpointRef(LEASE, 20, ManifestJson.digest(manifest));
    }

    @Test
    void whatIsWholeIsRestored() throws IOException {
        assertThat(restore()).isEqualTo(into());
        assertThat(into().resolve("model.safetensors")).hasContent("weights");
        assertThat(notes).containsExactly("restores step 20 of job-a/0@1 from the store");
    }

    @Test
    void aFileThatIsGoneIsNamed() throws IOException {
        Files.delete(at("model.safetensors"));
        assertThat(refusal()).hasMessage(PREFIX + "model.safetensors is missing");
        assertThat(refusal().file()).isEqualTo(PREFIX + "model.safetensors");
    }

    @Test
    void aFileOfAnotherLengthIsNamedWithBoth() throws IOException {
        Files.writeString(at("model.safetensors"), "weigh");
        assertThat(refusal()).hasMessage(PREFIX + "model.safetensors has 5 bytes, the manifest says 7");
    }

    @Test
    void aFileOfAnotherContentIsNamedWithBothDigests() throws IOException {
        Files.writeString(at("model.safetensors"), "Weights");
        assertThat(refusal())
                .hasMessage(PREFIX + "model.safetensors has SHA-256 "
                        + ManifestJson.sha256("Weights".getBytes(UTF_8)) + ", the manifest says "
                        + ManifestJson.sha256("weights".getBytes(UTF_8)));
    }

    @Test
    void aManifestThatIsGoneTornOrAnotherIsNamed() throws IOException {
        byte[] whole = Files.readAllBytes(at("manifest.json"));
        Files.delete(at("manifest.json"));
        assertThat(refusal()).hasMessage(PREFIX + "manifest.json is missing");
        Files.write(
                at("manifest.json"), new String(whole, UTF_8).substring(0, 40).getBytes(UTF_8));
        assertThat(refusal()).hasMessage(PREFIX + "manifest.json is not readable as a manifest");
        Files.writeString(at("manifest.json"), new String(whole, UTF_8).replace("state.json", "State.json"));
        assertThat(refusal()).hasMessage(PREFIX + "manifest.json does not match its own digest");
        CheckpointRef other = publish(List.of());
        assertThat(refusal())
                .hasMessage(PREFIX + "manifest.json has digest " + other.manifestDigest() + ", not "
                        + ref.manifestDigest());
    }

    @Test
    void aNameThatLeavesTheDirectoryIsRefused() throws IOException {
        ref = publish(List.of(entry("../state.json", "{}")));
        assertThat(refusal()).hasMessage(PREFIX + "manifest.json lists '../state.json', which is no plain file name");
    }

    @Test
    void whatWasPushedIsTakenIfItIsWholeElseTheNoteSaysWhyNot() throws IOException {
        Path received = Files.createDirectories(scratch.resolve("received"));
        for (String name : List.of("model.safetensors", "state.json", "manifest.json")) {
            Files.copy(at(name), received.resolve(name));
        }
        assertThat(restore()).isEqualTo(received);
        assertThat(notes).containsExactly("restores step 20 from what its predecessor pushed");
        notes.clear();
        Files.delete(received.resolve("state.json"));
        assertThat(restore()).isEqualTo(into());
        assertThat(notes)
                .containsExactly(
                        "does not use what was pushed, but the store: state.json is missing",
                        "restores step 20 of job-a/0@1 from the store");
    }

    private Path restore() throws IOException {
        return new CheckpointRestorer(new FileObjectStore(store))
                .restore(ref, scratch.resolve("received"), into(), notes::add);
    }

    private InvalidCheckpointException refusal() {
        return catchThrowableOfType(InvalidCheckpointException.class, this::restore);
    }

    private Path into() {
        return scratch.resolve("restored");
    }

    private Path at(String name) {
        return store.resolve(PREFIX + name);
    }

    private static Manifest.Entry entry(String name, String content) {
        byte[] bytes = content.getBytes(UTF_8);
        return new Manifest.Entry(name, bytes.length, ManifestJson.sha256(bytes));
    }
}
