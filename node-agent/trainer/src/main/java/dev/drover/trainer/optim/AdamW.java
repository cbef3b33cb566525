package dev.drover.trainer.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.drover.protocol.shard.OptimizerSpec;
import dev.drover.trainer.model.HostMemory;
import dev.drover.trainer.model.Weights;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * AdamW with its moments in the open, so that they can be saved and restored exactly.
 *
 * <p>The update itself is torch's fused one. Its bias correction is folded into the step size, so {@code epsilon} is added to
 * the uncorrected root of the second moment. Weight decay touches matrices only.
 */
public final class AdamW {
    /** Clamping of single gradient values, which we don't use: the norm is clipped instead. */
    private static final float NO_CLAMP = -1f;

    private final Weights weights;
    private final OptimizerSpec spec;
    private final SequencedMap<String, NDArray> firstMoments = new LinkedHashMap<>();
    private final SequencedMap<String, NDArray> secondMoments = new LinkedHashMap<>();

    public AdamW(NDManager manager, Weights weights, OptimizerSpec spec) {
        this.weights = weights;
        this.spec = spec;
        weights.byName().forEach((name, weight) -> {
            firstMoments.put(name, manager.zeros(weight.getShape(), DataType.FLOAT32));
            secondMoments.put(name, manager.zeros(weight.getShape(), DataType.FLOAT32));
        });
    }

    /** Forgets everything: as before the first step. */
    public void reset() {
        firstMoments.values().forEach(moment -> HostMemory.of(moment).fill((byte) 0));
        secondMoments.values().forEach(moment -> HostMemory.of(moment).fill((byte) 0));
    }

    /** The moments as a checkpoint names them: {@code m.<parameter>} and {@code v.<parameter>}. */
    public SequencedMap<String, NDArray> moments() {
        SequencedMap<String, NDArray> named = new LinkedHashMap<>();
        firstMoments.forEach((name, moment) -> named.put("m." + name, moment));
        secondMoments.forEach((name, moment) -> named.put("v." + name, moment));
        return Collections.unmodifiableSequencedMap(named);
    }

    /** The Euclidean norm of all gradients together. */
    public double gradientNorm() {
        var squares = new NDList(weights.byName().size());
        for (NDArray weight : weights.byName().values()) {
            squares.add(weight.getGradient().square().sum());
        }
        double sum = 0;
        for (float square : NDArrays.stack(squares).toFloatArray()) {
            sum += square;
        }
        return Math.sqrt(sum);
    }

    /**
     * Updates every weight from its gradient, and zeroes the gradients.
     *
     * @param step from 1, for the bias correction
     * @param gradientNorm as {@link #gradientNorm()} measured it
     */
    public void update(int step, double learningRate, double gradientNorm) {
        double correction =
                Math.sqrt(1 - StrictMath.pow(spec.beta2(), step)) / (1 - StrictMath.pow(spec.beta1(), step));
        float rescale = (float) clipFactor(gradientNorm, spec.clipNorm());
        weights.byName().forEach((name, weight) -> {
            boolean matrix = weight.getShape().dimension() > 1;
            weight.getNDArrayInternal()
                    .adamUpdate(
                            new NDList(
                                    weight,
                                    weight.getGradient(),
                                    moment(firstMoments, name),
                                    moment(secondMoments, name)),
                            new NDList(weight),
                            (float) learningRate,
                            (float) (learningRate * correction),
                            matrix ? (float) spec.weightDecay() : 0f,
                            rescale,
                            NO_CLAMP,
                            (float) spec.beta1(),
                            (float) spec.beta2(),
                            (float) spec.epsilon(),
                            true,
                            true);
        });
    }

    /** What gradients are multiplied with so that their norm is at most {@code clipNorm}; 0 means no limit. */
    static double clipFactor(double gradientNorm, double clipNorm) {
        return clipNorm > 0 && gradientNorm > clipNorm ? clipNorm / gradientNorm : 1;
    }

    private static NDArray moment(SequencedMap<String, NDArray> moments, String name) {
        NDArray moment = moments.get(name);
        if (moment == null) {
            throw new IllegalStateException("no moment for " + name);
        }
        return moment;
    }
}
