package dev.drover.trainer.data;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.trainer.NativeUnpacking;
import dev.drover.trainer.TrainingFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A Hugging Face {@code tokenizer.json}, read from disk and run natively; nothing is fetched. */
public final class HuggingFaceText implements TextTokenizer {
    private final HuggingFaceTokenizer tokenizer;
    private final int vocabulary;

    private HuggingFaceText(HuggingFaceTokenizer tokenizer, int vocabulary) {
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
    }

    /** Opens a tokenizer, or fails with a reason that names the file. */
    public static HuggingFaceText open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new TrainingFailure("train.data.tokenizer: there is no file " + file
                    + "; give the path of a tokenizer.json on the node, or leave it out for bytes");
        }
        try {
            int vocabulary = vocabularyOf(ShardWire.json().readTree(file.toFile()), file);
            HuggingFaceTokenizer tokenizer = NativeUnpacking.guarded(
                    "tokenizers",
                    "libtokenizers.so",
                    () -> HuggingFaceTokenizer.builder()
                            .optTokenizerPath(file)
                            .optTruncation(false)
                            .optPadding(false)
                            .optAddSpecialTokens(false)
                            .build());
            return new HuggingFaceText(tokenizer, vocabulary);
        } catch (TrainingFailure e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new TrainingFailure(
                    "train.data.tokenizer: can't read " + file + " as a Hugging Face tokenizer.json: " + e.getMessage(),
                    e);
        }
    }

    /** The binding does not tell the vocabulary's size, so it is read from the file: the largest id, plus one. */
    private static int vocabularyOf(JsonNode json, Path file) {
        JsonNode vocabulary = json.path("model").path("vocab");
        int largest = vocabulary.isArray()
                ? vocabulary.size() - 1
                : stream(vocabulary).mapToInt(JsonNode::asInt).max().orElse(-1);
        int largestAdded = stream(json.path("added_tokens"))
                .mapToInt(token -> token.path("id").asInt(-1))
                .max()
                .orElse(-1);
        int size = Math.max(largest, largestAdded) + 1;
        if (size == 0) {
            throw new TrainingFailure("train.data.tokenizer: " + file + " has no vocabulary under model.vocab");
        }
        return size;
    }

    private static Stream<JsonNode> stream(JsonNode node) {
        return StreamSupport.stream(node.spliterator(), false);
    }

    @Override
    public int vocabulary() {
        return vocabulary;
    }

    @Override
    public int[] encode(String text) {
        long[] ids = tokenizer.encode(text, false, false).getIds();
        return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
    }
}
