package dev.drover.protocol.job;

import dev.drover.protocol.shard.DataSpec;
import dev.drover.protocol.shard.ModelSpec;
import dev.drover.protocol.shard.OptimizerSpec;
import dev.drover.protocol.shard.TrainSpec;
import dev.drover.protocol.spec.SpecFields;
import java.util.Optional;

/**
 * Reads the {@code train} part of a job: what the built-in program does.
 *
 * <p>Defaults that hang together follow what was given: half as many key and value heads as heads (all when odd), a feed
 * forward of 8/3 of the width (up to the next multiple of 8), a tenth of the learning rate as the lowest, 20 steps of
 * warm-up or fewer where there are fewer steps.
 */
final class TrainSpecReader {
    static final int MAX_STEPS = 1_000_000_000;
    static final int MAX_THREADS = 256;

    private static final int MAX_BATCH = 65_536;

    private TrainSpecReader() {}

    static TrainSpec read(SpecFields train, DataFiles files) {
        int steps = train.integer("steps", 300, 1, MAX_STEPS);
        TrainSpec spec = new TrainSpec(
                model(train.object("model")),
                data(train.object("data"), files),
                optimizer(train.object("optimizer"), steps),
                steps,
                train.integer("microBatch", 8, 1, MAX_BATCH),
                train.integer("accumulation", 1, 1, MAX_BATCH),
                train.integer("evalEvery", 50, 0, MAX_STEPS),
                train.integer("evalBatches", 8, 1, MAX_BATCH),
                train.number("dropout", 0.0, 0.0, 0.9),
                train.integer("seed", 1L, Long.MIN_VALUE, Long.MAX_VALUE),
                train.integer("threads", 1, 1, MAX_THREADS));
        train.finish();
        return spec;
    }

    private static DataSpec data(SpecFields fields, DataFiles files) {
        String path = fields.requiredText("path", "the data file, as /data/shakespeare.txt");
        Optional<String> tokenizer = fields.text("tokenizer").filter(name -> !name.equalsIgnoreCase("bytes"));
        DataSpec data = new DataSpec(
                path,
                fields.choice("format", DataSpec.Format.TEXT),
                tokenizer.orElse(null),
                fields.integer("context", 128, 2, 1 << 20),
                fields.number("evalFraction", 0.1, 0.0, 0.5));
        if (!path.isEmpty()) {
            files.problem(path).ifPresent(allowed -> fields.problem("path", path, allowed));
        }
        tokenizer.ifPresent(name ->
                files.problem(name).ifPresent(allowed -> fields.problem("tokenizer", name, allowed + ", or bytes")));
        fields.finish();
        return data;
    }

    private static ModelSpec model(SpecFields fields) {
        int width = fields.integer("width", 128, 2, 65_536);
        int heads = fields.integer("heads", 4, 1, 1024);
        int kvHeads = fields.integer("kvHeads", heads % 2 == 0 ? heads / 2 : heads, 1, 1024);
        int feedForward = fields.integer("feedForward", (width * 8 / 3 + 7) / 8 * 8, 1, 1 << 20);
        ModelSpec model = new ModelSpec(fields.integer("layers", 4, 1, 512), width, heads, kvHeads, feedForward);
        if (fields.isSound()) {
            if (width % heads != 0) {
                fields.problem("width", String.valueOf(width), "a multiple of heads (" + heads + ")");
            } else if (width / heads % 2 != 0) {
                fields.problem("width", String.valueOf(width), "an even width per head, as " + 2 * heads);
            }
            if (heads % kvHeads != 0) {
                fields.problem("kvHeads", String.valueOf(kvHeads), "a number that divides heads (" + heads + ")");
            }
        }
        fields.finish();
        return model;
    }

    private static OptimizerSpec optimizer(SpecFields fields, int steps) {
        double learningRate = fields.number("learningRate", 1e-3, 1e-12, 10);
        OptimizerSpec optimizer = new OptimizerSpec(
                learningRate,
                fields.number("minLearningRate", learningRate / 10, 0, 10),
                fields.integer("warmupSteps", Math.min(20, steps), 0, MAX_STEPS),
                fields.number("weightDecay", 0.1, 0, 10),
                fields.number("beta1", 0.9, 0, 0.999999),
                fields.number("beta2", 0.95, 0, 0.999999),
                fields.number("epsilon", 1e-8, 1e-16, 1),
                fields.number("clipNorm", 1.0, 0, 1e6));
        if (fields.isSound() && optimizer.minLearningRate() > learningRate) {
            fields.problem(
                    "minLearningRate",
                    String.valueOf(optimizer.minLearningRate()),
                    "at most learningRate (" + learningRate + ")");
        }
        if (fields.isSound() && optimizer.warmupSteps() > steps) {
            fields.problem(
                    "warmupSteps", String.valueOf(optimizer.warmupSteps()), "at most train.steps (" + steps + ")");
        }
        fields.finish();
        return optimizer;
    }
}
