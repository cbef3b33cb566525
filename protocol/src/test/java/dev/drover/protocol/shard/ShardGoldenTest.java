package dev.drover.protocol.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.golden.GoldenFiles;
import dev.drover.protocol.golden.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The lines that agents and training programs of every release exchange. */
class ShardGoldenTest {
    private static final GoldenFiles GOLDEN = new GoldenFiles("shard");

    @Test
    void linesAreWhatTheyWere() throws IOException {
        Set<String> sampled = new TreeSet<>();
        for (Class<?> root : new Class<?>[] {ToShard.class, FromShard.class}) {
            for (Class<?> kind : Samples.leaves(root).toList()) {
                Object message = new Samples(1).of(kind);
                String name = root.getSimpleName() + "-" + kind.getSimpleName() + ".json";
                assertThat(ShardWire.parse(GOLDEN.newest(name, ShardWire.line(message)), root))
                        .isEqualTo(message);
                sampled.add(name);
            }
        }
        assertThat(GOLDEN.names()).isEqualTo(sampled);
    }

    @Test
    void everyLineThatWasReleasedIsRead() throws IOException {
        for (String name : GOLDEN.names()) {
            Class<?> root = name.startsWith("ToShard") ? ToShard.class : FromShard.class;
            for (Path file : GOLDEN.all(name)) {
                assertThat(ShardWire.parseKnown(Files.readString(file), root)).isPresent();
            }
        }
    }

    @Test
    void whatIsNewIsPassedOver() {
        String step = ShardWire.line(new Samples(1).of(FromShard.Step.class));
        String more = step.replace("\"loss\":", "\"perplexity\":{\"of\":[1,2]},\"loss\":");
        assertThat(more).isNotEqualTo(step);
        assertThat(ShardWire.parse(more, FromShard.class)).isEqualTo(ShardWire.parse(step, FromShard.class));
        assertThat(ShardWire.parseKnown("{\"type\":\"metric\",\"value\":1}", FromShard.class))
                .isEmpty();
        Stream.of("{\"value\":1}", "{\"type\":null}", "[]", "metric")
                .forEach(line -> assertThatThrownBy(() -> ShardWire.parseKnown(line, FromShard.class))
                        .as(line)
                        .isInstanceOf(IllegalArgumentException.class));
    }
}
