package dev.drover.bench;

import dev.drover.dist.Programs;
import dev.drover.protocol.pool.PoolSpec;
import java.nio.file.Path;
import java.util.Optional;

/** The jobs that are measured. */
public final class BenchJob {
    private BenchJob() {}

    /** Where a benchmark may leave what it made, with its logs. */
    public static Path outputs() {
        return Programs.root().resolve("bench/target");
    }

    /** Data that does not ship with the repository: where it was said to be, else beside the checkout. */
    public static Path shared(Optional<Path> said) {
        return said.or(() ->
                        Optional.ofNullable(System.getProperty("drover.shared")).map(Path::of))
                .orElseGet(() -> Programs.root().resolveSibling("shared"));
    }

    /** Real text, about 1.6 million parameters, tuned to learn in 800 steps. */
    static String shakespeare(PoolSpec pool, Path text, int shards, int steps) {
        return """
            name: realinput
            pool: %s
            shards: %d
            resources: {accelerator: cpu, count: 1, memory: 512MiB}
            checkpoint: {every: 20, keep: 3}
            train:
              data: {path: "%s", format: text, tokenizer: bytes, context: 128, evalFraction: 0.1}
              model: {layers: 4, width: 192, heads: 6, kvHeads: 2, feedForward: 512}
              optimizer: {learningRate: 3e-3, minLearningRate: 3e-4, warmupSteps: 40, weightDecay: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, clipNorm: 1.0}
              steps: %d
              microBatch: 8
              accumulation: 1
              evalEvery: 200
              evalBatches: 16
              dropout: 0.0
              seed: 1
              threads: 1
            """.formatted(pool.name(), shards, text, steps);
    }

    /** The demo's model, one shard, steps of some tens of milliseconds. */
    public static String small(PoolSpec pool, Path text, int steps, int checkpointEvery) {
        return spec(
                pool,
                text,
                steps,
                checkpointEvery,
                "{layers: 3, width: 64, heads: 4, kvHeads: 2, feedForward: 176}",
                64,
                16,
                2);
    }

    /** About 1.6 million parameters, context 128. */
    static String medium(PoolSpec pool, Path text, int steps, int checkpointEvery) {
        return spec(
                pool,
                text,
                steps,
                checkpointEvery,
                "{layers: 4, width: 192, heads: 6, kvHeads: 2, feedForward: 512}",
                128,
                8,
                1);
    }

    private static String spec(
            PoolSpec pool,
            Path text,
            int steps,
            int checkpointEvery,
            String model,
            int context,
            int batch,
            int accumulation) {
        return """
            name: bench
            pool: %s
            shards: 1
            resources: {accelerator: cpu, count: 1, memory: 512MiB}
            checkpoint: {every: %d, keep: 2}
            train:
              data: {path: "%s", format: text, tokenizer: bytes, context: %d, evalFraction: 0.1}
              model: %s
              optimizer: {learningRate: 1e-3, minLearningRate: 1e-4, warmupSteps: 20, weightDecay: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, clipNorm: 1.0}
              steps: %d
              microBatch: %d
              accumulation: %d
              evalEvery: 0
              evalBatches: 1
              dropout: 0.0
              seed: 1
              threads: 1
            """.formatted(pool.name(), checkpointEvery, text, context, model, steps, batch, accumulation);
    }
}
