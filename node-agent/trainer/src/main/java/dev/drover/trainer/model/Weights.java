package dev.drover.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.drover.trainer.Seeds;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Random;
import java.util.SequencedMap;
import java.util.zip.CRC32;

/**
 * The trainable parameters by the names Hugging Face gives them, in the order of the forward pass.
 *
 * <p>Owned by torch and updated in place for the life of the process: a tensor here is never replaced, so views of its memory
 * stay valid.
 */
public final class Weights {
    public static final String EMBEDDING = "model.embed_tokens.weight";
    public static final String FINAL_NORM = "model.norm.weight";

    private static final double INITIAL_DEVIATION = 0.02;

    private final NDManager manager;
    private final SequencedMap<String, NDArray> byName = new LinkedHashMap<>();

    private Weights(NDManager manager) {
        this.manager = manager;
    }

    /** Allocates every parameter of {@code architecture}, uninitialized in meaning (zeros). */
    public static Weights allocate(NDManager manager, Architecture architecture) {
        var sizes = architecture.sizes();
        long width = sizes.width();
        long keyValueWidth = (long) sizes.kvHeads() * architecture.headWidth();
        var weights = new Weights(manager);
        weights.add(EMBEDDING, architecture.vocabulary(), width);
        for (int layer = 0; layer < sizes.layers(); layer++) {
            String block = layerPrefix(layer);
            weights.add(block + "input_layernorm.weight", width);
            weights.addProjection(block + "self_attn.q_proj", width, width, architecture.attentionBias());
            weights.addProjection(block + "self_attn.k_proj", keyValueWidth, width, architecture.attentionBias());
            weights.addProjection(block + "self_attn.v_proj", keyValueWidth, width, architecture.attentionBias());
            weights.add(block + "self_attn.o_proj.weight", width, width);
            weights.add(block + "post_attention_layernorm.weight", width);
            weights.add(block + "mlp.gate_proj.weight", sizes.feedForward(), width);
            weights.add(block + "mlp.up_proj.weight", sizes.feedForward(), width);
            weights.add(block + "mlp.down_proj.weight", width, sizes.feedForward());
        }
        weights.add(FINAL_NORM, width);
        return weights;
    }

    /** Start of the names of one block's parameters. */
    public static String layerPrefix(int layer) {
        return "model.layers." + layer + ".";
    }

    private void addProjection(String name, long out, long in, boolean bias) {
        add(name + ".weight", out, in);
        if (bias) {
            add(name + ".bias", out);
        }
    }

    private void add(String name, long... shape) {
        NDArray tensor = manager.zeros(new Shape(shape), DataType.FLOAT32);
        tensor.setName(name);
        tensor.setRequiresGradient(true);
        byName.put(name, tensor);
    }

    /**
     * Sets every parameter to its initial value: a pure function of the seed and the parameter's name and shape. Matrices are
     * normal with deviation 0.02 (0.02 / sqrt(2 layers) where they write to the residual stream), norms one, biases zero.
     */
    public void initialize(long seed, int layers) {
        double residualDeviation = INITIAL_DEVIATION / Math.sqrt(2.0 * layers);
        byName.forEach((name, tensor) -> {
            MemorySegment memory = HostMemory.of(tensor);
            if (tensor.getShape().dimension() == 1) {
                fill(memory, name.endsWith(".bias") ? 0 : 1);
            } else {
                boolean residual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
                fillNormal(memory, Seeds.derive(seed, hash(name)), residual ? residualDeviation : INITIAL_DEVIATION);
            }
        });
    }

    private static void fill(MemorySegment memory, float value) {
        for (long i = 0; i < memory.byteSize() / Float.BYTES; i++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, value);
        }
    }

    private static void fillNormal(MemorySegment memory, long seed, double deviation) {
        // Random rather than a newer generator: its Gaussian is specified, so a later Java draws the same weights.
        var random = new Random(seed);
        for (long i = 0; i < memory.byteSize() / Float.BYTES; i++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, (float) (random.nextGaussian() * deviation));
        }
    }

    private static long hash(String name) {
        var crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }

    /** The parameter of this name, which must exist. */
    public NDArray get(String name) {
        NDArray tensor = byName.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no parameter " + name + "; there are " + byName.keySet());
        }
        return tensor;
    }

    public boolean has(String name) {
        return byName.containsKey(name);
    }

    public SequencedMap<String, NDArray> byName() {
        return Collections.unmodifiableSequencedMap(byName);
    }

    /** Number of trainable values. */
    public long count() {
        return byName.values().stream().mapToLong(NDArray::size).sum();
    }
}
