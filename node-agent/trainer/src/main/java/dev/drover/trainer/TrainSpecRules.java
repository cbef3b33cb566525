package dev.drover.trainer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.shard.Assignment;
import dev.drover.protocol.shard.DataSpec;
import dev.drover.protocol.shard.ModelSpec;
import dev.drover.protocol.shard.OptimizerSpec;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.TrainSpec;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the train spec of an assignment and refuses what can't be trained, naming the field, its value and what is allowed. */
final class TrainSpecRules {
    private static final int MAX_THREADS = 1024;

    private TrainSpecRules() {}

    /** The spec, sound in every field that can be judged without the data. */
    static TrainSpec read(Assignment assignment) {
        atLeast("checkpointEvery", assignment.checkpointEvery(), 1);
        atLeast("shards", assignment.shards(), 1);
        check(
                assignment.shard() >= 0 && assignment.shard() < assignment.shards(),
                "shard: %d is not one of the %d shards, 0 to %d"
                        .formatted(assignment.shard(), assignment.shards(), assignment.shards() - 1));
        TrainSpec spec = parse(assignment.spec());
        checkModel(present("train.model", spec.model()));
        checkData(present("train.data", spec.data()));
        checkTraining(spec);
        checkOptimizer(present("train.optimizer", spec.optimizer()), spec.steps());
        return spec;
    }

    private static TrainSpec parse(@Nullable JsonNode json) {
        try {
            TrainSpec spec = ShardWire.json().treeToValue(json, TrainSpec.class);
            return present("train", spec);
        } catch (JsonMappingException e) {
            String field = e.getPath().stream()
                    .map(reference -> Objects.toString(reference.getFieldName(), "[]"))
                    .collect(Collectors.joining("."));
            throw new TrainingFailure("train." + field + ": " + e.getOriginalMessage(), e);
        } catch (JsonProcessingException e) {
            throw new TrainingFailure("train: not a train spec: " + e.getOriginalMessage(), e);
        }
    }

    private static void checkModel(ModelSpec model) {
        atLeast("train.model.layers", model.layers(), 1);
        atLeast("train.model.width", model.width(), 2);
        atLeast("train.model.heads", model.heads(), 1);
        atLeast("train.model.kvHeads", model.kvHeads(), 1);
        atLeast("train.model.feedForward", model.feedForward(), 1);
        divides("train.model.heads", model.heads(), "width", model.width());
        divides("train.model.kvHeads", model.kvHeads(), "heads", model.heads());
        int headWidth = model.width() / model.heads();
        check(
                headWidth % 2 == 0,
                "train.model.heads: %d gives heads of width %d; rotary positions need an even width"
                        .formatted(model.heads(), headWidth));
    }

    private static void checkData(DataSpec data) {
        check(!present("train.data.path", data.path()).isBlank(), "train.data.path: is empty; give the data's file");
        present("train.data.format", data.format());
        atLeast("train.data.context", data.context(), 1);
        between("train.data.evalFraction", data.evalFraction(), 0, 0.5);
    }

    private static void checkTraining(TrainSpec spec) {
        atLeast("train.steps", spec.steps(), 1);
        atLeast("train.microBatch", spec.microBatch(), 1);
        atLeast("train.accumulation", spec.accumulation(), 1);
        atLeast("train.evalEvery", spec.evalEvery(), 0);
        if (spec.data().evalFraction() > 0) {
            atLeast("train.evalBatches", spec.evalBatches(), 1);
        }
        below("train.dropout", spec.dropout(), 1);
        between("train.threads", spec.threads(), 1, MAX_THREADS);
    }

    private static void checkOptimizer(OptimizerSpec optimizer, int steps) {
        check(
                Double.isFinite(optimizer.learningRate()) && optimizer.learningRate() > 0,
                "train.optimizer.learningRate: %s is not a rate above 0".formatted(optimizer.learningRate()));
        between("train.optimizer.minLearningRate", optimizer.minLearningRate(), 0, optimizer.learningRate());
        between("train.optimizer.warmupSteps", optimizer.warmupSteps(), 0, steps);
        between("train.optimizer.weightDecay", optimizer.weightDecay(), 0, Double.MAX_VALUE);
        below("train.optimizer.beta1", optimizer.beta1(), 1);
        below("train.optimizer.beta2", optimizer.beta2(), 1);
        check(
                Double.isFinite(optimizer.epsilon()) && optimizer.epsilon() > 0,
                "train.optimizer.epsilon: %s is not above 0; 1e-8 is usual".formatted(optimizer.epsilon()));
        between("train.optimizer.clipNorm", optimizer.clipNorm(), 0, Double.MAX_VALUE);
    }

    private static <T> T present(String field, @Nullable T value) {
        if (value == null) {
            throw new TrainingFailure(field + ": is missing");
        }
        return value;
    }

    private static void divides(String field, int divisor, String wholeName, int whole) {
        check(whole % divisor == 0, "%s: %d does not divide %s %d".formatted(field, divisor, wholeName, whole));
    }

    private static void atLeast(String field, long value, long least) {
        check(value >= least, "%s: %d is not allowed; at least %d".formatted(field, value, least));
    }

    private static void between(String field, double value, double least, double most) {
        check(
                value >= least && value <= most,
                "%s: %s is not allowed; from %s to %s".formatted(field, value, least, most));
    }

    private static void below(String field, double value, double limit) {
        check(value >= 0 && value < limit, "%s: %s is not allowed; from 0 to below %s".formatted(field, value, limit));
    }

    private static void check(boolean sound, String reason) {
        if (!sound) {
            throw new TrainingFailure(reason);
        }
    }
}
