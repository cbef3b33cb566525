package dev.drover.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.drover.protocol.shard.DataSpec;
import dev.drover.protocol.shard.ModelSpec;
import dev.drover.protocol.shard.OptimizerSpec;
import dev.drover.protocol.shard.TrainSpec;
import dev.drover.trainer.TestEngine;
import dev.drover.trainer.TrainingFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {
    private static final String ROW = "{\"instruction\": \"%s\", \"input\": \"\", \"output\": \"%s\"}";

    private final Path directory;

    DatasetTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private static TrainSpec spec(Path path, DataSpec.Format format, @Nullable String tokenizer, int context) {
        return new TrainSpec(
                new ModelSpec(1, 8, 2, 1, 8),
                new DataSpec(path.toString(), format, tokenizer, context, 0.25),
                new OptimizerSpec(1e-3, 0, 0, 0, 0.9, 0.95, 1e-8, 1),
                10,
                2,
                1,
                0,
                2,
                0,
                3,
                1);
    }

    @Test
    void slicesCoverThePartBeforeTheHeldOutEndWithoutOverlap() {
        Slice heldOut = Slice.heldOut(103, 0.1);
        assertThat(heldOut).isEqualTo(new Slice(93, 103));
        long next = 0;
        for (int part = 0; part < 4; part++) {
            Slice slice = new Slice(0, heldOut.from()).part(part, 4);
            assertThat(slice.from()).isEqualTo(next);
            next = slice.to();
        }
        assertThat(next).isEqualTo(93);
    }

    /** Bytes are their own position here, so every sample says where it came from. */
    @Test
    void aShardSeesItsSliceOnlyAndNeverTheHeldOutPart() throws IOException {
        byte[] bytes = new byte[200];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        Path file = Files.write(directory.resolve("bytes"), bytes);
        try (NDManager manager = TestEngine.get().newManager()) {
            var batch = new Batch(manager, 2, 5);
            for (int shard = 0; shard < 2; shard++) {
                Dataset dataset = Dataset.open(spec(file, DataSpec.Format.TEXT, null, 5), shard, 2);
                Set<Long> seen = new TreeSet<>();
                for (int cursor = 0; cursor < 600; cursor += 2) {
                    dataset.training().fill(cursor, batch, 1);
                    for (int i = 0; i < 10; i++) {
                        long token = batch.tokens().toLongArray()[i];
                        assertThat(batch.targets().toLongArray()[i]).isEqualTo(token + 1);
                        seen.add(token + 1);
                    }
                }
                assertThat(seen).allSatisfy(token -> assertThat(token).isBetween(0L, 149L));
                assertThat(seen.iterator().next()).isEqualTo(shard * 75L + 1);
                assertThat(seen).hasSize(74);
                dataset.evaluation().orElseThrow().fill(0, batch, 1);
                assertThat(LongStream.of(batch.tokens().toLongArray()).min().orElseThrow())
                        .isGreaterThanOrEqualTo(150);
            }
        }
    }

    @Test
    void epochsShowEveryRowOnceAndDifferFromEachOther() {
        SampleOrder order = SampleOrder.epochs(1, 0, 20);
        List<Long> first = new ArrayList<>();
        List<Long> second = new ArrayList<>();
        for (int cursor = 0; cursor < 20; cursor++) {
            first.add(order.sampleAt(cursor));
            second.add(order.sampleAt(20 + cursor));
        }
        assertThat(new TreeSet<>(first)).hasSize(20).isEqualTo(new TreeSet<>(second));
        assertThat(first).isNotEqualTo(second);
        assertThat(SampleOrder.epochs(1, 0, 20).sampleAt(25))
                .as("asked out of order")
                .isEqualTo(second.get(5));
    }

    @Test
    void onlyAnswersCountAndArraysReadLikeLines() throws IOException {
        List<String> rows = List.of(
                ROW.formatted("a", "一"), ROW.formatted("b", "二"), ROW.formatted("c", "三"), ROW.formatted("d", "四"));
        Path array = Files.writeString(directory.resolve("a.json"), "[" + String.join(",\n", rows) + "]");
        Path lines = Files.writeString(directory.resolve("a.jsonl"), String.join("\n", rows) + "\n");
        int answer = "一<|im_end|>\n".getBytes(StandardCharsets.UTF_8).length;
        for (Path file : List.of(array, lines)) {
            Dataset dataset = Dataset.open(spec(file, DataSpec.Format.INSTRUCTIONS, null, 80), 0, 1);
            assertThat(dataset.size()).isEqualTo(4);
            assertThat(dataset.training().corpus().samples()).isEqualTo(3);
            assertThat(dataset.training().countedTokens(0, 3)).isEqualTo(3L * answer);
            try (NDManager manager = TestEngine.get().newManager()) {
                var batch = new Batch(manager, 1, 80);
                dataset.training().fill(0, batch, 1);
                StringBuilder learned = new StringBuilder();
                for (int i = 0; i < 80; i++) {
                    if (batch.weights().toFloatArray()[i] > 0) {
                        learned.append((char) batch.targets().toLongArray()[i]);
                    }
                }
                byte[] bytes = learned.toString().getBytes(StandardCharsets.ISO_8859_1);
                assertThat(new String(bytes, StandardCharsets.UTF_8)).matches("[一二三]<\\|im_end\\|>\n");
            }
        }
    }

    @Test
    void readsAHuggingFaceTokenizerWithoutTruncation() throws IOException {
        Path tokenizer = Files.writeString(directory.resolve("tokenizer.json"), """
            {"version": "1.0", "truncation": null, "padding": null,
             "added_tokens": [{"id": 3, "content": "<|im_end|>", "single_word": false, "lstrip": false,
               "rstrip": false, "normalized": false, "special": true}],
             "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
             "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "sheep": 1, "羊": 2}, "unk_token": "[UNK]"}}\
            """);
        HuggingFaceText text = HuggingFaceText.open(tokenizer);
        assertThat(text.vocabulary()).isEqualTo(4);
        assertThat(text.encode("sheep 羊 wolf<|im_end|>")).containsExactly(1, 2, 0, 3);
        assertThat(text.encode("sheep ".repeat(2000))).hasSize(2000);
    }

    @Test
    void failuresNameTheFieldAndTheFile() throws IOException {
        Path absent = directory.resolve("absent.txt");
        assertThatThrownBy(() -> Dataset.open(spec(absent, DataSpec.Format.TEXT, null, 5), 0, 1))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageStartingWith("train.data.path: there is no file " + absent);
        Path broken = Files.writeString(directory.resolve("broken.json"), "[{\"instruction\": ");
        assertThatThrownBy(() -> Dataset.open(spec(broken, DataSpec.Format.INSTRUCTIONS, null, 5), 0, 1))
                .hasMessageContaining("row 1 of " + broken);
        Path poor = Files.writeString(directory.resolve("poor.json"), "[{\"instruction\": \"x\"}]");
        assertThatThrownBy(() -> Dataset.open(spec(poor, DataSpec.Format.INSTRUCTIONS, null, 5), 0, 1))
                .hasMessageContaining("row 1 of " + poor + " has no text in \"output\"");
        Path small = Files.writeString(directory.resolve("small.txt"), "too small");
        assertThatThrownBy(() -> Dataset.open(spec(small, DataSpec.Format.TEXT, null, 50), 0, 1))
                .hasMessageStartingWith("train.data.context: shard 0 of 1 has");
        Path notTokenizer = Files.writeString(directory.resolve("tok.json"), "{\"model\": {\"vocab\": {\"a\": 0}}}");
        assertThatThrownBy(() -> Dataset.open(spec(small, DataSpec.Format.TEXT, notTokenizer.toString(), 5), 0, 1))
                .hasMessageStartingWith("train.data.tokenizer: can't read " + notTokenizer);
    }

    @Test
    void readsARealChineseInstructionFile() {
        Path shared = Path.of(System.getProperty("drover.shared", "shared"));
        Path file = shared.resolve("data/finetune/alpaca_zh_demo.json");
        if (!Files.exists(file)) {
            String reason =
                    "left out: there is no " + file + "; point -Ddrover.shared at the training inputs to run it";
            System.out.println("readsARealChineseInstructionFile is " + reason);
            Assumptions.abort(reason);
        }
        Dataset dataset = Dataset.open(spec(file, DataSpec.Format.INSTRUCTIONS, null, 1024), 1, 2);
        assertThat(dataset.size()).isEqualTo(1000);
        assertThat(dataset.training().corpus().samples()).isBetween(300L, 375L);
    }
}
