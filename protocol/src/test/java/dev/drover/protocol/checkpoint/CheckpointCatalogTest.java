package dev.drover.protocol.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.store.FileObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointCatalogTest {
    private static final ShardId SHARD = ShardId.parse("job-a/3");
    private static final Lease FIRST = new Lease(SHARD, 1);
    private static final Lease SECOND = new Lease(SHARD, 2);

    private Path scratch;

    private FileObjectStore store;
    private CheckpointCatalog catalog;

    @BeforeEach
    void openStore(@TempDir Path directory) throws IOException {
        scratch = directory;
        store = new FileObjectStore(scratch.resolve("store"));
        catalog = new CheckpointCatalog(store);
    }

    @Test
    void theNewestStepComesFirst() throws IOException {
        CheckpointRef ten = publish(FIRST, 10);
        CheckpointRef twenty = publish(FIRST, 20);
        CheckpointRef twentyAgain = publish(SECOND, 20);
        CheckpointRef fifteen = publish(SECOND, 15);
        publish(Lease.parse("job-b/3@1"), 99);
        assertThat(catalog.published(SHARD)).containsExactly(twentyAgain, twenty, fifteen, ten);
        assertThat(catalog.manifest(twenty).step()).isEqualTo(20);
    }

    @Test
    void withoutItsManifestACheckpointIsNotThere() throws IOException {
        store.put(CheckpointLayout.checkpoint(FIRST, 10) + "model.safetensors", file("weights"));
        assertThat(catalog.published(SHARD)).isEmpty();
    }

    @Test
    void aTruncatedFileIsPassedOverByName() throws IOException {
        CheckpointRef good = publish(FIRST, 10);
        publish(FIRST, 20);
        String key = CheckpointLayout.checkpoint(FIRST, 20) + "model.safetensors";
        store.put(key, file("weigh"));
        assertPassedOver(good, key + " has 5 bytes, the manifest says 10");
    }

    @Test
    void aMissingFileIsPassedOverByName() throws IOException {
        CheckpointRef good = publish(FIRST, 10);
        publish(FIRST, 20);
        String key = CheckpointLayout.checkpoint(FIRST, 20) + "state.json";
        store.deleteAll(key);
        assertPassedOver(good, key + " is missing");
    }

    @Test
    void aTornOrAlteredManifestIsPassedOverByName() throws IOException {
        CheckpointRef good = publish(FIRST, 10);
        publish(FIRST, 20);
        String key = CheckpointLayout.manifest(FIRST, 20);
        String text = new String(store.get(key).orElseThrow(), UTF_8);
        store.put(key, file(text.substring(0, text.length() / 2)));
        assertPassedOver(good, key + " is not readable as a manifest");
        store.put(key, file(text.replace("\"length\":10", "\"length\":11")));
        assertPassedOver(good, key + " does not match its own digest");
    }

    @Test
    void aManifestInAnothersPlaceDoesNotCount() throws IOException {
        CheckpointRef good = publish(FIRST, 10);
        byte[] manifest = store.get(CheckpointLayout.manifest(FIRST, 10)).orElseThrow();
        store.putIfAbsent(CheckpointLayout.manifest(SECOND, 30), manifest);
        assertPassedOver(
                good,
                CheckpointLayout.manifest(SECOND, 30) + " is of lease job-a/3@1 and step 10, which is not its place");
    }

    @Test
    void aManifestThatNamesAPathIsPassedOver() throws IOException {
        CheckpointRef good = publish(FIRST, 10);
        Manifest hostile = new Manifest(
                Manifest.FORMAT, FIRST, 20, Instant.EPOCH, List.of(new Manifest.Entry("../../../x", 1, "00")));
        store.putIfAbsent(CheckpointLayout.manifest(FIRST, 20), ManifestJson.write(hostile));
        List<InvalidCheckpointException> passedOver = new ArrayList<>();
        assertThat(catalog.published(SHARD, passedOver::add)).containsExactly(good);
        assertThat(passedOver).singleElement().satisfies(e -> assertThat(e).hasMessageContaining("../../../x"));
    }

    @Test
    void anotherManifestThanTheOneMeantIsRefused() throws IOException {
        CheckpointRef ref = publish(FIRST, 10);
        CheckpointRef other = new CheckpointRef(FIRST, 10, "ab".repeat(32));
        assertThat(catalog.manifest(ref).lease()).isEqualTo(FIRST);
        assertThatThrownBy(() -> catalog.manifest(other))
                .isInstanceOf(InvalidCheckpointException.class)
                .hasMessageContaining(ref.manifestDigest());
        assertThatThrownBy(() -> catalog.manifest(new CheckpointRef(SECOND, 10, ref.manifestDigest())))
                .isInstanceOf(InvalidCheckpointException.class)
                .hasMessageContaining("is missing");
    }

    @Test
    void anAlteredFileOfTheRightLengthIsFoundByReadingTheWhole() throws IOException {
        CheckpointRef good = publish(FIRST, 10);
        CheckpointRef altered = publish(FIRST, 20);
        String key = CheckpointLayout.checkpoint(FIRST, 20) + "model.safetensors";
        store.put(key, file("Weights-10"));
        assertThat(catalog.published(SHARD)).contains(altered);
        catalog.verify(good);
        assertThatThrownBy(() -> catalog.verify(altered))
                .isInstanceOf(InvalidCheckpointException.class)
                .hasMessageContaining(key + " has SHA-256");
    }

    @Test
    void aFileLargerThanAPartIsReadPartByPart() throws IOException {
        CheckpointCatalog diskless = new CheckpointCatalog(new DisklessStore(store));
        byte[] whole = new byte[2 * CheckpointCatalog.PART];
        CheckpointRef twoParts = publish(FIRST, 10, whole);
        CheckpointRef oneByteMore = publish(FIRST, 20, Arrays.copyOf(whole, whole.length + 1));
        diskless.verify(twoParts);
        diskless.verify(oneByteMore);
        byte[] altered = Arrays.copyOf(whole, whole.length + 1);
        altered[whole.length] = 1;
        String key = CheckpointLayout.checkpoint(FIRST, 20) + "model.safetensors";
        store.put(key, Files.write(scratch.resolve("source"), altered));
        assertThatThrownBy(() -> diskless.verify(oneByteMore))
                .isInstanceOf(InvalidCheckpointException.class)
                .hasMessageContaining(key + " has SHA-256");
    }

    private CheckpointRef publish(Lease lease, int step, byte[] model) throws IOException {
        Manifest manifest = new Manifest(
                Manifest.FORMAT,
                lease,
                step,
                Instant.EPOCH,
                List.of(new Manifest.Entry("model.safetensors", model.length, ManifestJson.sha256(model))));
        store.putIfAbsent(CheckpointLayout.checkpoint(lease, step) + "model.safetensors", model);
        store.putIfAbsent(CheckpointLayout.manifest(lease, step), ManifestJson.write(manifest));
        return new CheckpointRef(lease, step, ManifestJson.digest(manifest));
    }

    private void assertPassedOver(CheckpointRef stillThere, String why) throws IOException {
        List<InvalidCheckpointException> passedOver = new ArrayList<>();
        assertThat(catalog.published(SHARD, passedOver::add)).containsExactly(stillThere);
        assertThat(passedOver).singleElement().satisfies(e -> {
            assertThat(e).hasMessage(why);
            assertThat(why).startsWith(e.file());
        });
    }

    private CheckpointRef publish(Lease lease, int step) throws IOException {
        String directory = CheckpointLayout.checkpoint(lease, step);
        store.put(directory + "model.safetensors", file("weights-10"));
        store.put(directory + "state.json", file("{}"));
        Manifest manifest = new Manifest(
                Manifest.FORMAT,
                lease,
                step,
                Instant.EPOCH,
                List.of(
                        new Manifest.Entry("model.safetensors", 10, ManifestJson.sha256("weights-10".getBytes(UTF_8))),
                        new Manifest.Entry("state.json", 2, ManifestJson.sha256("{}".getBytes(UTF_8)))));
        store.putIfAbsent(CheckpointLayout.manifest(lease, step), ManifestJson.write(manifest));
        return new CheckpointRef(lease, step, ManifestJson.digest(manifest));
    }

    private Path file(String content) throws IOException {
        return Files.writeString(scratch.resolve("source"), content);
    }
}
