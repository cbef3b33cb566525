package dev.drover.agent.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.checkpoint.CheckpointLayout;
import dev.drover.protocol.checkpoint.Manifest;
import dev.drover.protocol.checkpoint.ManifestJson;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.store.FileObjectStore;
import dev.drover.protocol.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointPruneExecutorTest {
    private static final Lease SECOND = Lease.parse("job-a/0@2");

    @Test
    void oldCheckpointsGoAndTheirStepsStay(@TempDir Path directory) throws IOException {
        ObjectStore store = new FileObjectStore(directory);
        publish(store, 1, 10);
        publish(store, 2, 20);
        publish(store, 2, 30);
        new CheckpointPruneExecutor(store).prune(SECOND, 1);
        assertThat(store.list(""))
                .containsExactly(
                        key(1, 10, "steps.ndjson"),
                        key(2, 20, "steps.ndjson"),
                        key(2, 30, "manifest.json"),
                        key(2, 30, "steps.ndjson"));
    }

    /** What a killed writer uploaded without a manifest goes; what this generation or a later one uploads now does not. */
    @Test
    void unpublishedFilesOfOlderGenerationsGo(@TempDir Path directory) throws IOException {
        ObjectStore store = new FileObjectStore(directory);
        publish(store, 1, 10);
        for (String name : List.of("model.safetensors", "steps.ndjson")) {
            put(store, key(1, 20, name));
            put(store, key(2, 40, name));
            put(store, key(3, 50, name));
        }
        put(store, CheckpointLayout.log(new Lease(SECOND.shard(), 1)));
        publish(store, 2, 30);
        new CheckpointPruneExecutor(store).prune(SECOND, 2);
        assertThat(store.list(""))
                .containsExactly(
                        CheckpointLayout.log(new Lease(SECOND.shard(), 1)),
                        key(1, 10, "manifest.json"),
                        key(1, 10, "steps.ndjson"),
                        key(1, 20, "steps.ndjson"),
                        key(2, 30, "manifest.json"),
                        key(2, 30, "steps.ndjson"),
                        key(2, 40, "model.safetensors"),
                        key(2, 40, "steps.ndjson"),
                        key(3, 50, "model.safetensors"),
                        key(3, 50, "steps.ndjson"));
    }

    private static void publish(ObjectStore store, int generation, int step) throws IOException {
        Lease lease = new Lease(SECOND.shard(), generation);
        put(store, key(generation, step, "steps.ndjson"));
        var steps = new Manifest.Entry("steps.ndjson", 1, ManifestJson.sha256("x".getBytes(UTF_8)));
        store.putIfAbsent(
                key(generation, step, "manifest.json"),
                ManifestJson.write(new Manifest(Manifest.FORMAT, lease, step, Instant.EPOCH, List.of(steps))));
    }

    private static void put(ObjectStore store, String key) throws IOException {
        store.putIfAbsent(key, "x".getBytes(UTF_8));
    }

    private static String key(int generation, int step, String name) {
        return CheckpointLayout.checkpoint(new Lease(SECOND.shard(), generation), step) + name;
    }
}
