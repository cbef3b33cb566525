package dev.drover.dist.trial;

import dev.drover.protocol.id.PoolName;
import java.nio.file.Path;

/**
 * A training that takes some tens of seconds, for tests that do something to it.
 *
 * @param steps optimizer steps of its one shard
 * @param checkpointEvery steps from one checkpoint to the next
 */
public record SmallJob(Path text, int steps, int checkpointEvery) {
    /** As it is submitted to a pool; in every pool it makes the same losses. */
    public String in(PoolName pool) {
        return """
            name: small
            pool: %s
            shards: 1
            resources: {accelerator: cpu, count: 1, memory: 512MiB}
            checkpoint: {every: %d, keep: 5}
            train:
              data: {path: "%s", format: text, tokenizer: bytes, context: 64, evalFraction: 0.1}
              model: {layers: 2, width: 48, heads: 4, kvHeads: 2, feedForward: 128}
              optimizer: {learningRate: 2e-3, minLearningRate: 2e-4, warmupSteps: 20, weightDecay: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, clipNorm: 1.0}
              steps: %d
              microBatch: 8
              accumulation: 2
              evalEvery: 0
              evalBatches: 2
              dropout: 0.1
              seed: 5
              threads: 1
            """.formatted(pool, checkpointEvery, text, steps);
    }
}
