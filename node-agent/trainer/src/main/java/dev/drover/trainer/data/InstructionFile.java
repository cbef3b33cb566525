package dev.drover.trainer.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.trainer.TrainingFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads instruction rows: one JSON array, or one JSON object per line. */
final class InstructionFile {
    private InstructionFile() {}

    /** Every row in the file's order, tokenized and not yet cut. */
    static List<Conversation> read(Path file, TextTokenizer tokenizer) throws IOException {
        ObjectReader reader = ShardWire.json().readerFor(JsonNode.class);
        List<Conversation> rows = new ArrayList<>();
        // Reads the elements of an array and a sequence of objects alike.
        try (MappingIterator<JsonNode> values = reader.readValues(file.toFile())) {
            while (values.hasNextValue()) {
                rows.add(conversation(values.nextValue(), rows.size(), file, tokenizer));
            }
        } catch (JsonProcessingException e) {
            throw new TrainingFailure(
                    "train.data.path: row %d of %s is not JSON: %s; INSTRUCTIONS wants an array of objects, or one object per line"
                            .formatted(rows.size() + 1, file, e.getOriginalMessage()),
                    e);
        }
        return rows;
    }

    private static Conversation conversation(JsonNode row, int index, Path file, TextTokenizer tokenizer) {
        int[] prompt = tokenizer.encode(ChatTemplate.prompt(
                text(row, "instruction", index, file), row.path("input").asText("")));
        int[] answer = tokenizer.encode(ChatTemplate.answer(text(row, "output", index, file)));
        int[] tokens = new int[prompt.length + answer.length];
        System.arraycopy(prompt, 0, tokens, 0, prompt.length);
        System.arraycopy(answer, 0, tokens, prompt.length, answer.length);
        return new Conversation(tokens, prompt.length);
    }

    private static String text(JsonNode row, String field, int index, Path file) {
        JsonNode value = row.path(field);
        if (!value.isTextual()) {
            throw new TrainingFailure(
                    "train.data.path: row %d of %s has no text in \"%s\"; a row has instruction, input and output"
                            .formatted(index + 1, file, field));
        }
        return value.asText();
    }
}
