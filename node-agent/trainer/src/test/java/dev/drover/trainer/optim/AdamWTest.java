package dev.drover.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.drover.protocol.shard.ModelSpec;
import dev.drover.protocol.shard.OptimizerSpec;
import dev.drover.trainer.TestEngine;
import dev.drover.trainer.model.Architecture;
import dev.drover.trainer.model.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdamWTest {
    private static final double RATE = 0.01;
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.95;
    private static final double EPSILON = 1e-8;
    private static final double DECAY = 0.1;

    @ParameterizedTest
    @CsvSource({"4, 1, 0.25", "0.5, 1, 1", "1, 1, 1", "7, 0, 1"})
    void scalesDownToTheNormAndNeverUp(double norm, double clipNorm, double factor) {
        assertThat(AdamW.clipFactor(norm, clipNorm)).isEqualTo(factor);
    }

    /** Three steps of a loss whose gradient is the weight itself, against the textbook in plain Java. */
    @Test
    void followsTheTextbookAndDecaysMatricesOnly() {
        var spec = new OptimizerSpec(RATE, 0, 0, DECAY, BETA1, BETA2, EPSILON, 1);
        try (NDManager manager = TestEngine.get().newManager()) {
            Weights weights = Weights.allocate(manager, Architecture.of(new ModelSpec(1, 4, 2, 1, 6), 8));
            weights.initialize(1, 1);
            var optimizer = new AdamW(manager, weights, spec);
            var matrix = new Textbook(weights.get(Weights.EMBEDDING).toFloatArray(), DECAY);
            var gain = new Textbook(weights.get(Weights.FINAL_NORM).toFloatArray(), 0);

            for (int step = 1; step <= 3; step++) {
                try (GradientCollector collector = TestEngine.get().collectGradients()) {
                    NDArray loss = weights.byName().values().stream()
                            .map(weight -> weight.square().sum())
                            .reduce(NDArray::add)
                            .orElseThrow();
                    collector.backward(loss);
                }
                double norm = optimizer.gradientNorm();
                assertThat(norm).isCloseTo(2 * euclidean(weights), within(1e-4));
                optimizer.update(step, RATE, norm);
                matrix.update(step, AdamW.clipFactor(norm, spec.clipNorm()));
                gain.update(step, AdamW.clipFactor(norm, spec.clipNorm()));
                matrix.assertEqual(weights.get(Weights.EMBEDDING).toFloatArray());
                gain.assertEqual(weights.get(Weights.FINAL_NORM).toFloatArray());
                assertThat(optimizer.gradientNorm())
                        .as("gradients after an update")
                        .isZero();
            }
        }
    }

    private static double euclidean(Weights weights) {
        double sum = 0;
        for (NDArray weight : weights.byName().values()) {
            for (float value : weight.toFloatArray()) {
                sum += (double) value * value;
            }
        }
        return Math.sqrt(sum);
    }

    private static final class Textbook {
        private final double[] weight;
        private final double[] first;
        private final double[] second;
        private final double decay;

        Textbook(float[] start, double decay) {
            weight = new double[start.length];
            for (int i = 0; i < start.length; i++) {
                weight[i] = start[i];
            }
            first = new double[start.length];
            second = new double[start.length];
            this.decay = decay;
        }

        void update(int step, double clipFactor) {
            double size = RATE * Math.sqrt(1 - Math.pow(BETA2, step)) / (1 - Math.pow(BETA1, step));
            for (int i = 0; i < weight.length; i++) {
                double gradient = 2 * weight[i] * clipFactor;
                first[i] = BETA1 * first[i] + (1 - BETA1) * gradient;
                second[i] = BETA2 * second[i] + (1 - BETA2) * gradient * gradient;
                weight[i] = weight[i] * (1 - RATE * decay) - size * first[i] / (Math.sqrt(second[i]) + EPSILON);
            }
        }

        void assertEqual(float[] actual) {
            for (int i = 0; i < weight.length; i++) {
                assertThat((double) actual[i]).as("value %d", i).isCloseTo(weight[i], within(2e-6));
            }
        }
    }
}
