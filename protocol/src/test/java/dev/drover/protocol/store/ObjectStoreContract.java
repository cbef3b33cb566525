package dev.drover.protocol.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every checkpoint store must do. A store's test extends this and says how to open one. */
public abstract class ObjectStoreContract {
    private static final int WRITERS = 16;

    /** This test's own directory. */
    protected Path scratch;

    @BeforeEach
    void takeScratch(@TempDir Path directory) {
        scratch = directory;
    }

    /** A store in {@code directory} or named after it, empty when first opened, shared by all that open it. */
    protected abstract ObjectStore open(Path directory) throws IOException;

    private ObjectStore store() throws IOException {
        return open(scratch.resolve("store"));
    }

    @Test
    void whatIsPutIsRead() throws IOException {
        ObjectStore store = store();
        store.put("jobs/a/model.safetensors", file("weights"));
        assertThat(store.get("jobs/a/model.safetensors")).hasValue("weights".getBytes(UTF_8));
        assertThat(store.length("jobs/a/model.safetensors")).hasValue(7);
        Path copy = Files.writeString(scratch.resolve("copy"), "something longer than it");
        store.fetch("jobs/a/model.safetensors", copy);
        assertThat(copy).hasContent("weights");
        store.put("jobs/a/model.safetensors", file("other"));
        assertThat(open(scratch.resolve("store")).get("jobs/a/model.safetensors"))
                .hasValue("other".getBytes(UTF_8));
    }

    @Test
    void aPartIsReadFromItsOffset() throws IOException {
        ObjectStore store = store();
        store.put("jobs/a/log.txt", file("0123456789"));
        assertThat(store.get("jobs/a/log.txt", 0, 4)).hasValue("0123".getBytes(UTF_8));
        assertThat(store.get("jobs/a/log.txt", 7, 4)).hasValue("789".getBytes(UTF_8));
        assertThat(store.get("jobs/a/log.txt", 10, 4)).hasValue(new byte[0]);
        assertThat(store.get("jobs/a/log.txt", 99, 4)).hasValue(new byte[0]);
        assertThat(store.get("jobs/a/none.txt", 0, 4)).isEmpty();
        assertThat(store.get("jobs/a", 0, 4)).isEmpty();
    }

    @Test
    void whatIsNotThereIsAbsent() throws IOException {
        ObjectStore store = store();
        store.put("a/b/c", file("x"));
        assertThat(store.get("a/b")).isEmpty();
        assertThat(store.get("a/d")).isEmpty();
        assertThat(store.length("a/b")).isEmpty();
        assertThat(store.length("z")).isEmpty();
        assertThat(store.list("z/")).isEmpty();
        assertThatThrownBy(() -> store.fetch("a/d", scratch.resolve("d"))).isInstanceOf(NoSuchFileException.class);
        store.deleteAll("z/");
    }

    @Test
    void listsByPrefixAndSorted() throws IOException {
        ObjectStore store = store();
        for (String key : List.of("a/2", "a/1/x", "ab", "b/1")) {
            store.put(key, file(key));
        }
        assertThat(store.list("")).containsExactly("a/1/x", "a/2", "ab", "b/1");
        assertThat(store.list("a/")).containsExactly("a/1/x", "a/2");
        assertThat(store.list("a")).containsExactly("a/1/x", "a/2", "ab");
    }

    @Test
    void deletesByPrefix() throws IOException {
        ObjectStore store = store();
        for (String key : List.of("a/1/x", "a/1/y", "a/2/x")) {
            store.put(key, file(key));
        }
        store.deleteAll("a/1/");
        assertThat(store.list("")).containsExactly("a/2/x");
        store.deleteAll("a/");
        assertThat(store.list("")).isEmpty();
        store.put("a/1/x", file("again"));
        assertThat(store.list("")).containsExactly("a/1/x");
    }

    @Test
    void thereIsNoSecondExclusivePut() throws IOException {
        ObjectStore store = store();
        assertThat(store.putIfAbsent("m/manifest.json", "one".getBytes(UTF_8))).isTrue();
        assertThat(store.putIfAbsent("m/manifest.json", "two".getBytes(UTF_8))).isFalse();
        assertThat(store.get("m/manifest.json")).hasValue("one".getBytes(UTF_8));
        assertThat(store.list("")).containsExactly("m/manifest.json");
    }

    @Test
    void ofRacingWritersOneWinsAndReadersSeeAWholeObject() throws Exception {
        for (int round = 0; round < 12; round++) {
            race("race/" + round + "/manifest.json");
        }
    }

    private void race(String key) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Boolean>> outcomes = new ArrayList<>();
        Future<Optional<byte[]>> seen;
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int writer = 0; writer < WRITERS; writer++) {
                byte[] content = content(writer);
                ObjectStore own = store();
                outcomes.add(writers.submit(() -> {
                    start.await();
                    return own.putIfAbsent(key, content);
                }));
            }
            ObjectStore reader = store();
            seen = writers.submit(() -> {
                start.await();
                Optional<byte[]> found = reader.get(key);
                while (found.isEmpty()) {
                    found = reader.get(key);
                }
                return found;
            });
            start.countDown();
        }
        List<Integer> winners = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            if (outcomes.get(writer).get()) {
                winners.add(writer);
            }
        }
        assertThat(winners).hasSize(1);
        assertThat(seen.get()).hasValue(content(winners.getFirst()));
        assertThat(store().get(key)).hasValue(content(winners.getFirst()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/etc/passwd",
                "../x",
                "a/../../x",
                "a//b",
                "a/",
                ".hidden",
                "a/.",
                "a\\b",
                "a b",
                "a\nb"
            })
    void keysThatCouldLeaveTheStoreAreRefused(String key) throws IOException {
        ObjectStore store = store();
        assertThatThrownBy(() -> store.putIfAbsent(key, new byte[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key");
        assertThatThrownBy(() -> store.get(key)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.put(key, file("x"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.fetch(key, scratch.resolve("y"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.deleteAll("../x")).isInstanceOf(IllegalArgumentException.class);
    }

    private Path file(String content) throws IOException {
        return Files.writeString(scratch.resolve("source"), content);
    }

    private static byte[] content(int writer) {
        byte[] content = new byte[64 * 1024];
        Arrays.fill(content, (byte) writer);
        return content;
    }
}
