package dev.drover.protocol.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;

final class FileObjectStoreTest extends ObjectStoreContract {
    @Override
    protected ObjectStore open(Path directory) throws IOException {
        return new FileObjectStore(directory);
    }

    @Test
    void opensByUrl() throws IOException {
        String url = scratch.resolve("by-url").toUri().toString();
        assertThat(ObjectStores.open(url).putIfAbsent("a", new byte[] {1})).isTrue();
        assertThat(scratch.resolve("by-url/a")).hasBinaryContent(new byte[] {1});
        for (String bad : List.of("s3://bucket", "file:relative", "/plain/path")) {
            assertThatThrownBy(() -> ObjectStores.open(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(bad)
                    .hasMessageContaining("use");
        }
    }

    @Test
    void sweepsWhatAKilledWriterLeftStagedButNothingALiveOneWrites() throws IOException {
        Path root = scratch.resolve("store");
        Path staging = root.resolve(".staging");
        ObjectStore store = open(root);
        Path abandoned = Files.createFile(staging.resolve("put-1"));
        Path live = Files.createFile(staging.resolve("put-2"));
        Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        Files.setLastModifiedTime(live, FileTime.from(Instant.now().minus(Duration.ofHours(5))));
        store.putIfAbsent("a/b", new byte[10]);
        assertThat(abandoned).doesNotExist();
        assertThat(live).exists();
    }

    @Test
    void aDirectoryThatIsGoneIsNoEmptyStore() throws IOException {
        Path root = scratch.resolve("store");
        ObjectStore store = open(root);
        store.putIfAbsent("a/b", new byte[] {1});
        Files.move(root, scratch.resolve("unmounted"));
        Files.createDirectory(root);
        for (ThrowableAssert.ThrowingCallable question : List.<ThrowableAssert.ThrowingCallable>of(
                () -> store.list("a/"), () -> store.get("a/b"), () -> store.length("a/b"))) {
            assertThatThrownBy(question).isInstanceOf(IOException.class).hasMessageContaining("is it mounted?");
        }
    }

    @Test
    void leavesNothingStagedBehind() throws IOException {
        Path root = scratch.resolve("store");
        ObjectStore store = open(root);
        store.putIfAbsent("a/b", new byte[10]);
        store.putIfAbsent("a/b", new byte[10]);
        assertThatThrownBy(() -> store.put("a/b/c", scratch.resolve("a/b"))).isInstanceOf(IOException.class);
        try (Stream<Path> staged = Files.list(root.resolve(".staging"))) {
            assertThat(staged).isEmpty();
        }
    }
}
