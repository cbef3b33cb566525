package dev.drover.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.training.GradientCollector;
import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.shard.Assignment;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.TrainSpec;
import dev.drover.trainer.checkpoint.CheckpointRestorer;
import dev.drover.trainer.checkpoint.CheckpointWriter;
import dev.drover.trainer.checkpoint.TrainState;
import dev.drover.trainer.data.Batch;
import dev.drover.trainer.data.Dataset;
import dev.drover.trainer.data.SampleStream;
import dev.drover.trainer.model.Architecture;
import dev.drover.trainer.model.Decoder;
import dev.drover.trainer.model.Weights;
import dev.drover.trainer.optim.AdamW;
import dev.drover.trainer.optim.LearningRateSchedule;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The training of one shard: its data, model and optimizer, and how a step is made.
 *
 * <p>Step {@code n} is a pure function of the state after step {@code n - 1} and the assignment: data order, dropout and
 * learning rate derive from the seed and the step's number, and nothing else is remembered. Evaluation changes nothing.
 * Belongs to one thread.
 */
final class Training {
    private static final long DROPOUT_STREAM = 1;
    private static final long WEIGHT_STREAM = 2;

    private final TorchEngine engine;
    private final TrainSpec spec;
    private final int shard;
    private final TrainState identity;
    private final Dataset dataset;
    private final Weights weights;
    private final Decoder decoder;
    private final AdamW optimizer;
    private final LearningRateSchedule schedule;
    private final Batch batch;

    private Training(TorchEngine engine, NDManager manager, TrainSpec spec, int shard, int shards) {
        this.engine = engine;
        this.spec = spec;
        this.shard = shard;
        dataset = Dataset.open(spec, shard, shards);
        var architecture = Architecture.of(spec.model(), dataset.vocabulary());
        weights = Weights.allocate(manager, architecture);
        decoder = new Decoder(manager, architecture, weights, spec.data().context(), (float) spec.dropout());
        optimizer = new AdamW(manager, weights, spec.optimizer());
        schedule = LearningRateSchedule.of(spec.optimizer(), spec.steps());
        batch = new Batch(manager, spec.microBatch(), spec.data().context());
        identity = new TrainState(
                TrainState.FORMAT,
                1,
                samplesPerStep(),
                shard,
                shards,
                dataset.vocabulary(),
                dataset.size(),
                engine.device(),
                engine.versions(),
                ShardWire.json().<JsonNode>valueToTree(spec));
        reset();
    }

    /** Loads the data and builds the model in its initial state, or fails with a reason for the job's owner. */
    static Training of(TorchEngine engine, Assignment assignment, TrainSpec spec) {
        engine.useThreads(spec.threads());
        return new Training(engine, engine.newManager(), spec, assignment.shard(), assignment.shards());
    }

    /** What a step computed. */
    record Outcome(float loss, double learningRate, double gradientNorm) {}

    /** Back to the state before the first step. */
    void reset() {
        weights.initialize(
                Seeds.derive(spec.seed(), WEIGHT_STREAM), spec.model().layers());
        optimizer.reset();
    }

    /** Makes step {@code step}, from 1. */
    Outcome step(int step) {
        float loss = 0;
        long cursor = (step - 1) * samplesPerStep();
        long counted = dataset.training().countedTokens(cursor, samplesPerStep());
        try (GradientCollector collector = engine.collectGradients()) {
            for (int microStep = 0; microStep < spec.accumulation(); microStep++) {
                if (spec.dropout() > 0) {
                    engine.seed(Seeds.derive(spec.seed(), DROPOUT_STREAM, shard, step, microStep));
                }
                dataset.training().fill(cursor + (long) microStep * spec.microBatch(), batch, 1f / counted);
                loss += backward(collector);
            }
        }
        requireFinite(step, "loss", loss);
        double learningRate = schedule.at(step);
        double norm;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            norm = optimizer.gradientNorm();
            requireFinite(step, "gradient norm", norm);
            optimizer.update(step, learningRate, norm);
        }
        return new Outcome(loss, learningRate, norm);
    }

    private float backward(GradientCollector collector) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray loss = decoder.loss(batch.tokens(), batch.targets(), batch.weights(), true);
            collector.backward(loss);
            return loss.getFloat();
        }
    }

    private void requireFinite(int step, String what, double value) {
        if (!Double.isFinite(value)) {
            throw new TrainingFailure(
                    "step %d: the %s is %s, training has diverged; lower train.optimizer.learningRate (%s), raise train.optimizer.warmupSteps (%d), or set train.optimizer.clipNorm (%s) to 1"
                            .formatted(
                                    step,
                                    what,
                                    value,
                                    spec.optimizer().learningRate(),
                                    spec.optimizer().warmupSteps(),
                                    spec.optimizer().clipNorm()));
        }
    }

    /** The mean loss over the held-out samples, in nats per token, on steps that evaluate. */
    Optional<Float> evaluate(int step) {
        boolean due = step == spec.steps() || (spec.evalEvery() > 0 && step % spec.evalEvery() == 0);
        return due ? dataset.evaluation().map(this::evaluate) : Optional.empty();
    }

    private float evaluate(SampleStream samples) {
        long count = (long) spec.evalBatches() * spec.microBatch();
        float weight = 1f / samples.countedTokens(0, count);
        double loss = 0;
        for (long cursor = 0; cursor < count; cursor += spec.microBatch()) {
            samples.fill(cursor, batch, weight);
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                loss += decoder.loss(batch.tokens(), batch.targets(), batch.weights(), false)
                        .getFloat();
            }
        }
        return (float) loss;
    }

    /** Samples that one step consumes. */
    long samplesPerStep() {
        return (long) spec.microBatch() * spec.accumulation();
    }

    /** Tokens that one step reads. */
    long tokensPerStep() {
        return samplesPerStep() * spec.data().context();
    }

    /** Puts the state of a checkpoint in place and returns its step. */
    int restore(Path directory) {
        return CheckpointRestorer.restore(directory, identity, weights.byName(), optimizer.moments())
                .step();
    }

    /** Writes this training's state; allocates as much host memory as the state takes. */
    CheckpointWriter checkpointWriter() {
        return new CheckpointWriter(weights.byName(), optimizer.moments());
    }

    /** What {@code state.json} says after {@code step}. */
    TrainState stateAfter(int step) {
        return new TrainState(
                identity.format(),
                step,
                step * samplesPerStep(),
                identity.shard(),
                identity.shards(),
                identity.vocabulary(),
                identity.dataSize(),
                identity.device(),
                identity.versions(),
                identity.train());
    }

    TrainSpec spec() {
        return spec;
    }

    /** Trainable values. */
    long parameters() {
        return weights.count();
    }
}
