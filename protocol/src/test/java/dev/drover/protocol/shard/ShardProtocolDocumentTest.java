package dev.drover.protocol.shard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code docs/PROTOCOL.md} shows to the authors of other programs is what the code reads, all of it. */
class ShardProtocolDocumentTest {
    private static final Pattern EXAMPLE = Pattern.compile("```json\\n(.*?)\\n```", Pattern.DOTALL);

    @Test
    void everyExampleReadsAndLeavesNothingOut() throws IOException {
        for (String example : examples()) {
            Object message = parse(example);
            JsonNode shown = ShardWire.json().readTree(example);
            JsonNode written = ShardWire.json().readTree(ShardWire.line(message));
            // Unknown fields are ignored by the reader, so only the way back shows a misspelled or a forgotten one.
            assertThat(written).as(example).isEqualTo(shown);
        }
    }

    @Test
    void everyMessageHasAnExampleOnOneLine() throws IOException {
        List<String> examples = examples();
        assertThat(examples).allSatisfy(example -> assertThat(example).doesNotContain("\n"));
        List<String> shown = new ArrayList<>();
        for (String example : examples) {
            shown.add(type(example));
        }
        assertThat(shown).containsAll(names(ToShard.class)).containsAll(names(FromShard.class));
    }

    private static Object parse(String example) throws JsonProcessingException {
        Class<?> direction = names(ToShard.class).contains(type(example)) ? ToShard.class : FromShard.class;
        return ShardWire.parse(example, direction);
    }

    private static List<String> names(Class<?> direction) {
        return Arrays.stream(direction.getAnnotation(JsonSubTypes.class).value())
                .map(JsonSubTypes.Type::name)
                .toList();
    }

    private static String type(String example) throws JsonProcessingException {
        return ShardWire.json().readTree(example).path("type").asText();
    }

    private static List<String> examples() throws IOException {
        Path root = Path.of(System.getProperty("drover.root", ".."));
        Matcher matcher = EXAMPLE.matcher(Files.readString(root.resolve("docs/PROTOCOL.md")));
        List<String> examples = new ArrayList<>();
        while (matcher.find()) {
            examples.add(matcher.group(1));
        }
        return examples;
    }
}
