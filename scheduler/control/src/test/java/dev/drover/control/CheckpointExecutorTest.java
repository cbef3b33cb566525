package dev.drover.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.Intent;
import dev.drover.planning.input.Input;
import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.checkpoint.Manifest;
import dev.drover.protocol.checkpoint.ManifestJson;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.store.FileObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointExecutorTest {
    private static final ShardId SHARD = ShardId.parse("job-1/0");
    private static final Lease FIRST = new Lease(SHARD, 1);
    private static final Instant SINCE = Instant.EPOCH;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final List<Input> answers = new ArrayList<>();

    @Test
    void aDoubtedCheckpointIsReadAsAWhole() throws IOException {
        FileObjectStore store = new FileObjectStore(directory.resolve("store"));
        CheckpointRef ref = publish(store);
        read(store, Optional.of(ref));
        assertThat(answers).containsExactly(new Input.CheckpointsRead(SHARD, 1, SINCE, List.of(ref)));
        Files.writeString(directory.resolve("store").resolve(fileKey()), "Weights");
        read(store, Optional.empty());
        assertThat(answers.getLast())
                .as("nobody doubts it")
                .isEqualTo(new Input.CheckpointsRead(SHARD, 1, SINCE, List.of(ref)));
        read(store, Optional.of(ref));
        assertThat(answers.getLast())
                .isInstanceOfSatisfying(
                        Input.CheckpointsRead.class,
                        read -> assertThat(read.flaw().orElseThrow()).startsWith(fileKey() + " has SHA-256"));
    }

    @Test
    void aStoreThatIsAwayIsSaidToBe() throws IOException {
        FileObjectStore store = new FileObjectStore(directory.resolve("store"));
        publish(store);
        Files.move(directory.resolve("store"), directory.resolve("elsewhere"));
        read(store, Optional.empty());
        assertThat(answers)
                .singleElement()
                .isInstanceOfSatisfying(
                        Input.Failed.class, failed -> assertThat(failed.cause()).contains("is it mounted?"));
    }

    @Test
    void aReadThatHangsHoldsUpItsRepetitionsAndNoNewQuestion() throws IOException {
        List<Runnable> hanging = new ArrayList<>();
        CheckpointExecutor executor =
                new CheckpointExecutor(new FileObjectStore(directory.resolve("store")), hanging::add);
        Intent.ReadCheckpoints first = new Intent.ReadCheckpoints(SHARD, 1, SINCE, Optional.empty());
        Intent.ReadCheckpoints later = new Intent.ReadCheckpoints(SHARD, 1, SINCE.plusSeconds(1), Optional.empty());
        executor.read(first, answers::add);
        executor.read(first, answers::add);
        assertThat(hanging).hasSize(1);
        executor.read(later, answers::add);
        executor.read(later, answers::add);
        assertThat(hanging).hasSize(2);
        hanging.getLast().run();
        assertThat(answers).containsExactly(new Input.CheckpointsRead(SHARD, 1, later.since(), List.of()));
    }

    private void read(FileObjectStore store, Optional<CheckpointRef> doubted) {
        new CheckpointExecutor(store, Runnable::run)
                .read(new Intent.ReadCheckpoints(SHARD, 1, SINCE, doubted), answers::add);
    }

    private CheckpointRef publish(FileObjectStore store) throws IOException {
        byte[] content = "weights".getBytes(UTF_8);
        assertThat(store.putIfAbsent(fileKey(), content)).isTrue();
        Manifest manifest = new Manifest(
                Manifest.FORMAT,
                FIRST,
                10,
                Instant.EPOCH,
                List.of(new Manifest.Entry("model.safetensors", content.length, ManifestJson.sha256(content))));
        assertThat(store.putIfAbsent(CheckpointLayout.manifest(FIRST, 10), ManifestJson.write(manifest)))
                .isTrue();
        return new CheckpointRef(FIRST, 10, ManifestJson.digest(manifest));
    }

    private static String fileKey() {
        return CheckpointLayout.checkpoint(FIRST, 10) + "model.safetensors";
    }
}
