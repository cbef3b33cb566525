package dev.drover.persistence.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.state.PoolState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The journal's bytes never change: what an old version wrote is in {@code src/test/resources/golden}, and is read and
 * written the same today. {@code -Ddrover.golden.write=true} writes files that are missing, for a new event.
 */
class GoldenTest {
    private static final Path DIRECTORY = Path.of("src/test/resources/golden");

    @Test
    void everyEventIsReadAndWrittenAsItsGoldenFileSays() throws IOException {
        Map<String, Integer> seen = new HashMap<>();
        for (PoolEvent event : SampleEvents.oneOfEach()) {
            String manifest = EventCodec.manifest(event);
            int variant = seen.merge(manifest, 1, Integer::sum);
            byte[] golden = golden(manifest + (variant == 1 ? "" : "-" + variant), EventCodec.encode(event));
            assertThat(EventCodec.decode(manifest, golden)).isEqualTo(event);
            assertThat(new String(EventCodec.encode(event), UTF_8)).isEqualTo(new String(golden, UTF_8));
        }
    }

    @Test
    void everyKindOfEventHasASampleAndAManifestOfItsOwn() {
        Set<Class<?>> sampled = new HashSet<>();
        Map<String, Class<?>> manifests = new HashMap<>();
        for (PoolEvent event : SampleEvents.oneOfEach()) {
            sampled.add(event.getClass());
            assertThat(manifests.putIfAbsent(EventCodec.manifest(event), event.getClass()))
                    .isIn(null, event.getClass());
        }
        List<Class<?>> kinds = kinds(PoolEvent.class).toList();
        assertThat(sampled).containsExactlyInAnyOrderElementsOf(kinds);
        assertThat(kinds).hasSameSizeAs(manifests.keySet());
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(GoldenTest::kinds)
                : Stream.of(type);
    }

    @Test
    void aSnapshotIsReadAndWrittenAsItsGoldenFileSays() throws IOException {
        PoolState state = SampleEvents.state();
        byte[] golden = golden(StateCodec.MANIFEST, StateCodec.encode(state));
        assertThat(StateCodec.decode(StateCodec.MANIFEST, golden)).isEqualTo(state);
        assertThat(new String(StateCodec.encode(state), UTF_8)).isEqualTo(new String(golden, UTF_8));
    }

    @Test
    void whatOlderVersionsWroteIsReadWithTheDefaultsOfWhatIsNew() throws IOException {
        for (Map.Entry<String, PoolEvent> older : SampleEvents.older().entrySet()) {
            byte[] golden = Files.readAllBytes(DIRECTORY.resolve(older.getKey() + ".json"));
            String manifest = older.getKey().replaceFirst("-2$", "");
            assertThat(EventCodec.decode(manifest, golden)).as(older.getKey()).isEqualTo(older.getValue());
        }
        byte[] golden = Files.readAllBytes(DIRECTORY.resolve("pool.state.v1.json"));
        assertThat(StateCodec.decode("pool.state.v1", golden)).isEqualTo(SampleEvents.olderState());
        byte[] second = Files.readAllBytes(DIRECTORY.resolve("pool.state.v2.json"));
        assertThat(StateCodec.decode("pool.state.v2", second)).isEqualTo(SampleEvents.secondState());
    }

    @Test
    void everyGoldenFileIsRead() throws IOException {
        Set<String> read = new HashSet<>(SampleEvents.older().keySet());
        read.addAll(List.of("pool.state.v1", "pool.state.v2", StateCodec.MANIFEST));
        Map<String, Integer> seen = new HashMap<>();
        for (PoolEvent event : SampleEvents.oneOfEach()) {
            String manifest = EventCodec.manifest(event);
            int variant = seen.merge(manifest, 1, Integer::sum);
            read.add(manifest + (variant == 1 ? "" : "-" + variant));
        }
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".json", "")))
                    .containsExactlyInAnyOrderElementsOf(read);
        }
    }

    @Test
    void theEmptyStateSurvives() {
        assertThat(StateCodec.decode(StateCodec.MANIFEST, StateCodec.encode(PoolState.EMPTY)))
                .isEqualTo(PoolState.EMPTY);
    }

    @Test
    void whatIsNotKnownIsNamed() throws IOException {
        assertThatThrownBy(() -> EventCodec.decode("pool.exploded.v9", new byte[0]))
                .isInstanceOf(JournalFormatException.class)
                .hasMessageContaining("pool.exploded.v9");
        assertThatThrownBy(() -> EventCodec.decode("pool.paused.v1", "{\"wat\":1}".getBytes(UTF_8)))
                .isInstanceOf(JournalFormatException.class)
                .hasMessageContaining("pool.paused.v1")
                .hasMessageContaining("wat");
        assertThatThrownBy(() -> EventCodec.decode("job.submitted.v2", with("job.submitted.v2", "retries", "wat")))
                .isInstanceOf(JournalFormatException.class)
                .hasMessageContaining("there is no field 'wat' in a job");
        assertThatThrownBy(() -> EventCodec.decode("pool.configured.v2", with("pool.configured.v2", "backoff", "wat")))
                .isInstanceOf(JournalFormatException.class)
                .hasMessageContaining("there is no field 'wat' in a pool");
        assertThatThrownBy(() -> StateCodec.decode("pool.state.v9", new byte[0]))
                .isInstanceOf(JournalFormatException.class)
                .hasMessageContaining("pool.state.v9");
    }

    /** The golden file with a field besides {@code known} that nobody knows. */
    private static byte[] with(String name, String known, String unknown) throws IOException {
        String golden = Files.readString(DIRECTORY.resolve(name + ".json"));
        return golden.replace("\"" + known + "\":", "\"" + unknown + "\":1,\"" + known + "\":")
                .getBytes(UTF_8);
    }

    private static byte[] golden(String name, byte[] now) throws IOException {
        Path file = DIRECTORY.resolve(name + ".json");
        if (Boolean.getBoolean("drover.golden.write") && !Files.exists(file)) {
            Files.write(file, now);
        }
        assertThat(file)
                .as("what %s looks like today: %s", name, new String(now, UTF_8))
                .exists();
        return Files.readAllBytes(file);
    }
}
