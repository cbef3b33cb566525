package dev.drover.trainer.checkpoint;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.trainer.TrainingFailure;
import dev.drover.trainer.model.HostMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a checkpoint's state back, after making sure that going on from it continues the same training.
 *
 * <p>It does not verify digests: the agent has.
 */
public final class CheckpointRestorer {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointRestorer.class);

    /** Where the files lie and how often one looks at the result change nothing about the training. */
    private static final Set<String> MAY_DIFFER =
            Set.of("train.data.path", "train.data.tokenizer", "train.evalEvery", "train.evalBatches");

    private CheckpointRestorer() {}

    /**
     * Reads a checkpoint into the given tensors.
     *
     * @param expected what a checkpoint of this assignment says, its step and samples aside
     * @return the checkpoint's own state
     * @throws TrainingFailure naming the directory and what does not match
     */
    public static TrainState restore(
            Path directory, TrainState expected, Map<String, NDArray> weights, Map<String, NDArray> moments) {
        try {
            TrainState state = ShardWire.json()
                    .readValue(Files.readAllBytes(directory.resolve(CheckpointFiles.STATE)), TrainState.class);
            verify(directory, state, expected);
            read(directory.resolve(CheckpointFiles.MODEL), weights);
            read(directory.resolve(CheckpointFiles.OPTIMIZER), moments);
            return state;
        } catch (IOException e) {
            throw new TrainingFailure("can't resume from " + directory + ": " + describe(e), e);
        }
    }

    private static String describe(IOException e) {
        return e instanceof NoSuchFileException ? "there is no file " + e.getMessage() : String.valueOf(e.getMessage());
    }

    private static void verify(Path directory, TrainState state, TrainState expected) {
        require(directory, "format", state.format(), expected.format());
        require(directory, "shard", state.shard(), expected.shard());
        require(directory, "shards", state.shards(), expected.shards());
        require(directory, "vocabulary", state.vocabulary(), expected.vocabulary());
        require(directory, "dataSize", state.dataSize(), expected.dataSize());
        requireSame(directory, "train", state.train(), expected.train());
        long samples = expected.samples() * state.step();
        require(directory, "samples", state.samples(), samples);
        if (!state.device().equals(expected.device()) || !state.versions().equals(expected.versions())) {
            LOG.warn(
                    "resuming what {} {} computed on {} {}: the results agree to a tolerance, not bit for bit",
                    state.device(),
                    state.versions(),
                    expected.device(),
                    expected.versions());
        }
    }

    private static void requireSame(Path directory, String name, JsonNode saved, JsonNode wanted) {
        if (MAY_DIFFER.contains(name)) {
            return;
        }
        if (saved.isObject() && wanted.isObject()) {
            Set<String> fields = new TreeSet<>();
            saved.fieldNames().forEachRemaining(fields::add);
            wanted.fieldNames().forEachRemaining(fields::add);
            fields.forEach(field -> requireSame(directory, name + "." + field, saved.path(field), wanted.path(field)));
        } else if (!saved.asText().equals(wanted.asText())) {
            require(directory, name, saved.asText(), wanted.asText());
        }
    }

    private static void require(Path directory, String field, Object saved, Object wanted) {
        if (!saved.equals(wanted)) {
            throw new TrainingFailure(
                    "can't resume from %s: its %s is %s and the assignment's is %s; go on with the spec it was saved under, or submit a new job"
                            .formatted(directory, field, saved, wanted));
        }
    }

    private static void read(Path path, Map<String, NDArray> tensors) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            for (var tensor : tensors.entrySet()) {
                List<Long> wanted = Arrays.stream(tensor.getValue().getShape().getShape())
                        .boxed()
                        .toList();
                List<Long> found = file.shape(tensor.getKey());
                if (!wanted.equals(found)) {
                    throw new IOException("%s: tensor %s has shape %s, and the model's is %s"
                            .formatted(path, tensor.getKey(), found, wanted));
                }
                file.readFloats(tensor.getKey(), HostMemory.of(tensor.getValue()));
            }
        }
    }
}
