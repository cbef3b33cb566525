package dev.drover.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.training.GradientCollector;
import dev.drover.protocol.shard.ModelSpec;
import dev.drover.trainer.TestEngine;
import dev.drover.trainer.data.Batch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forward pass against plain Java, and the gradients against finite differences while the garbage collector runs. */
class DecoderTest {
    private static final int VOCABULARY = 11;
    private static final int POSITIONS = 7;
    private static final int ROWS = 2;
    private static final ModelSpec SIZES = new ModelSpec(2, 24, 6, 2, 20);

    private final NDManager manager = TestEngine.get().newManager();
    private final Random random = new Random(5);

    @AfterEach
    void closeManager() {
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void computesWhatTheFormulasSay(boolean attentionBias) {
        var architecture = new Architecture(SIZES, VOCABULARY, 10_000, 1e-6, attentionBias);
        Weights weights = scattered(architecture);
        var decoder = new Decoder(manager, architecture, weights, POSITIONS, 0);
        Batch batch = batch();

        float[] logits = decoder.logits(batch.tokens(), false).toFloatArray();

        var reference =
                new ReferenceDecoder(architecture, name -> weights.get(name).toFloatArray());
        long[] tokens = batch.tokens().toLongArray();
        for (int row = 0; row < ROWS; row++) {
            long[] sequence = new long[POSITIONS];
            System.arraycopy(tokens, row * POSITIONS, sequence, 0, POSITIONS);
            double[][] expected = reference.logits(sequence);
            for (int position = 0; position < POSITIONS; position++) {
                for (int token = 0; token < VOCABULARY; token++) {
                    int at = (row * POSITIONS + position) * VOCABULARY + token;
                    assertThat((double) logits[at])
                            .as("row %d, position %d, token %d", row, position, token)
                            .isCloseTo(expected[position][token], within(1e-4));
                }
            }
        }
    }

    /** A scalar that Java owned would be freed by the collector between forward and backward, and spoil the gradient. */
    @Test
    void gradientsSurviveTheGarbageCollector() {
        var architecture = Architecture.of(SIZES, VOCABULARY);
        Weights weights = scattered(architecture);
        var decoder = new Decoder(manager, architecture, weights, POSITIONS, 0);
        Batch batch = batch();
        try (NDScope scope = new NDScope();
                GradientCollector collector = TestEngine.get().collectGradients()) {
            scope.suppressNotUsedWarning();
            NDArray loss = decoder.loss(batch.tokens(), batch.targets(), batch.weights(), true);
            overwriteFreedBuffers();
            collector.backward(loss);
        }
        weights.byName().forEach((name, weight) -> {
            float[] gradient = weight.getGradient().toFloatArray();
            for (int probe = 0; probe < 3; probe++) {
                int at = random.nextInt(gradient.length);
                assertThat((double) gradient[at])
                        .as("gradient of %s at %d", name, at)
                        .isCloseTo(difference(decoder, batch, weight, at), within(3e-3));
            }
        });
    }

    static void overwriteFreedBuffers() {
        for (int round = 0; round < 5; round++) {
            System.gc();
            for (int i = 0; i < 2000; i++) {
                ByteBuffer.allocateDirect(4).putInt(0, 0x7f000000);
            }
        }
    }

    private static double difference(Decoder decoder, Batch batch, NDArray weight, int at) {
        double step = 5e-3;
        MemorySegment memory = HostMemory.of(weight);
        float value = memory.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
        memory.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at, (float) (value + step));
        double above = loss(decoder, batch);
        memory.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at, (float) (value - step));
        double below = loss(decoder, batch);
        memory.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at, value);
        return (above - below) / (2 * step);
    }

    private static double loss(Decoder decoder, Batch batch) {
        return decoder.loss(batch.tokens(), batch.targets(), batch.weights(), false)
                .getFloat();
    }

    /** Weights large enough for every part to matter; the usual start is so small that errors would hide. */
    private Weights scattered(Architecture architecture) {
        Weights weights = Weights.allocate(manager, architecture);
        weights.byName().values().forEach(weight -> {
            MemorySegment memory = HostMemory.of(weight);
            boolean gain = weight.getShape().dimension() == 1;
            for (long i = 0; i < weight.size(); i++) {
                memory.setAtIndex(
                        ValueLayout.JAVA_FLOAT_UNALIGNED, i, (float) (random.nextGaussian() * 0.25 + (gain ? 1 : 0)));
            }
        });
        return weights;
    }

    private Batch batch() {
        var batch = new Batch(manager, ROWS, POSITIONS);
        for (int row = 0; row < ROWS; row++) {
            for (int position = 0; position < POSITIONS; position++) {
                batch.set(
                        row, position, random.nextInt(VOCABULARY), random.nextInt(VOCABULARY), 1f / (ROWS * POSITIONS));
            }
        }
        return batch;
    }
}
