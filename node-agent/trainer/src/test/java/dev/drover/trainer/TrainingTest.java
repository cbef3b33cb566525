package dev.drover.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.drover.protocol.shard.FromShard;
import dev.drover.protocol.shard.ModelSpec;
import dev.drover.protocol.shard.ToShard;
import dev.drover.protocol.shard.TrainSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {
    private final Path directory;

    TrainingTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private Training training(TrainSpec spec) {
        return Training.of(TestEngine.get(), SmallSpecs.assignment(spec, directory, 1000), spec);
    }

    @Test
    void warmUpAndEvaluationLeaveNoTrace() throws Exception {
        TrainSpec spec = SmallSpecs.train(SmallSpecs.text(directory), 20);
        Training plain = training(spec);
        Training disturbed = training(spec);
        WarmUp.run(disturbed, disturbed.checkpointWriter(), directory.resolve("work"), System::nanoTime);
        for (int step = 1; step <= 5; step++) {
            Training.Outcome expected = plain.step(step);
            disturbed.evaluate(spec.steps());
            assertThat(disturbed.step(step)).isEqualTo(expected);
        }
    }

    /** Accumulation splits the same samples: without dropout the global batch gives the same step, to rounding. */
    @Test
    void microBatchesOfOneGlobalBatchAddUp() throws Exception {
        TrainSpec spec = SmallSpecs.train(SmallSpecs.text(directory), 20);
        Training.Outcome whole = training(split(spec, 8, 1)).step(1);
        Training.Outcome parts = training(split(spec, 2, 4)).step(1);
        assertThat(parts.loss()).isCloseTo(whole.loss(), within(1e-5f));
        assertThat(parts.gradientNorm()).isCloseTo(whole.gradientNorm(), within(1e-4));
    }

    private static TrainSpec split(TrainSpec spec, int microBatch, int accumulation) {
        return new TrainSpec(
                spec.model(),
                spec.data(),
                spec.optimizer(),
                spec.steps(),
                microBatch,
                accumulation,
                0,
                1,
                0,
                spec.seed(),
                1);
    }

    @Test
    void memoryStaysFlat() throws Exception {
        Training training = training(SmallSpecs.train(SmallSpecs.text(directory), 1000));
        List<Integer> liveTensors = new ArrayList<>();
        try (NDManager probe = TestEngine.get().newManager()) {
            for (int step = 1; step <= 60; step++) {
                training.step(step);
                if (step % 20 == 0) {
                    training.evaluate(1000);
                    liveTensors.add(probe.getParentManager().getManagedArrays().size());
                }
            }
        }
        assertThat(liveTensors).containsOnly(liveTensors.getFirst());
    }

    @Test
    void resumingUnderAnotherSpecIsRefusedByName() throws Exception {
        TrainSpec spec = SmallSpecs.train(SmallSpecs.text(directory), 6);
        Path saved;
        try (TrainerProcess process = TrainerProcess.start()) {
            process.say(new ToShard.Start(SmallSpecs.assignment(spec, directory.resolve("w"), 100), null));
            saved = Path.of(process.await(FromShard.Saved.class).dir());
        }
        assertThat(training(spec).restore(saved)).isEqualTo(6);
        var other =
                new TrainSpec(new ModelSpec(2, 32, 4, 2, 64), spec.data(), spec.optimizer(), 6, 4, 2, 5, 2, 0.1, 7, 1);
        assertThatThrownBy(() -> training(other).restore(saved))
                .isInstanceOf(TrainingFailure.class)
                .hasMessageContaining(saved.toString())
                .hasMessageContaining("train.model.feedForward is 48 and the assignment's is 64");
        Files.delete(saved.resolve("optimizer.safetensors"));
        assertThatThrownBy(() -> training(spec).restore(saved)).hasMessageContaining("optimizer.safetensors");
    }
}
