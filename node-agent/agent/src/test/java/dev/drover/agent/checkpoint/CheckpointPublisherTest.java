package dev.drover.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.agent.fake.FullStore;
import dev.drover.agent.peer.PeerPush;
import dev.drover.protocol.checkpoint.CheckpointCatalog;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.checkpoint.InvalidCheckpointException;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.store.FileObjectStore;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointPublisherTest {
    private static final Lease LEASE = Lease.parse("job-a/0@1");

    /** A store may take the manifest and fail all the same, say while it forces the directory: the next attempt finds it. */
    @Test
    void aManifestOfAnEarlierAttemptIsFound(@TempDir Path directory) throws IOException {
        FullStore store = new FullStore(new FileObjectStore(directory.resolve("store")));
        Path saved = saved(directory);
        store.failOnceAfterPutting();
        assertThatThrownBy(() -> publish(store, saved)).isInstanceOf(IOException.class);
        CheckpointRef ref = publish(store, saved);
        assertThat(new CheckpointCatalog(store).published(LEASE.shard())).containsExactly(ref);
        assertThat(publish(store, saved)).isEqualTo(ref);
    }

    @Test
    void otherFilesUnderTheSameStepAreRefusedForGood(@TempDir Path directory) throws IOException {
        FullStore store = new FullStore(new FileObjectStore(directory.resolve("store")));
        Path saved = saved(directory);
        publish(store, saved);
        Files.writeString(saved.resolve("state.json"), "{\"other\":1}");
        assertThatThrownBy(() -> publish(store, saved))
                .isInstanceOf(InvalidCheckpointException.class)
                .hasMessageContaining("published already with other files");
    }

    private static CheckpointRef publish(FullStore store, Path saved) throws IOException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            InstantSource clock = InstantSource.system();
            return new CheckpointPublisher(store, clock, new PeerPush(http, clock), Runnable::run)
                    .publish(new CheckpointPublisher.Order(
                            LEASE, 20, saved, List.of(), Optional.empty(), Instant.MAX, () -> false));
        }
    }

    private static Path saved(Path directory) throws IOException {
        Path saved = Files.createDirectories(directory.resolve("save-20"));
        Files.writeString(saved.resolve("state.json"), "{}");
        return saved;
    }
}
