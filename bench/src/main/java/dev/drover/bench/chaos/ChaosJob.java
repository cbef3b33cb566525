package dev.drover.bench.chaos;

import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.pool.BackoffSpec;
import dev.drover.protocol.pool.BuyingSpec;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.pool.SwitchBackSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A small real training of two shards.
 *
 * @param name of the spec; jobs of one name make the same losses
 */
record ChaosJob(String name, int steps, int every, int width, long seed) {
    /** The pool that everything happens to. */
    static final PoolName HERD = new PoolName("herd");

    /** The pool in which each spec is trained once, before anything happens. */
    static final PoolName CALM = new PoolName("calm");

    static final int SHARDS = 2;
    static final int MIN_NODES = 2;
    static final int MAX_NODES = 6;

    /** The specs of a campaign, by name. */
    static Map<String, ChaosJob> of(long seed, int specs) {
        Random random = new Random(seed);
        Map<String, ChaosJob> jobs = new TreeMap<>();
        for (int i = 1; i <= specs; i++) {
            int every = 10 + 5 * random.nextInt(3);
            int steps = every * (8 + random.nextInt(4));
            String name = "train-" + i;
            jobs.put(name, new ChaosJob(name, steps, every, 48 + 16 * random.nextInt(2), random.nextInt(1_000)));
        }
        return jobs;
    }

    /** As it is submitted to a pool. */
    String in(PoolName pool, Path text) {
        return """
            name: %s
            pool: %s
            shards: %d
            resources: {accelerator: cpu, count: 1, memory: 512MiB}
            checkpoint: {every: %d, keep: 4}
            retries: 1000
            train:
              data: {path: "%s", format: text, tokenizer: bytes, context: 64, evalFraction: 0.1}
              model: {layers: 2, width: %d, heads: 4, kvHeads: 2, feedForward: 128}
              optimizer: {learningRate: 2e-3, minLearningRate: 2e-4, warmupSteps: 20, weightDecay: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, clipNorm: 1.0}
              steps: %d
              microBatch: 8
              accumulation: 2
              evalEvery: 0
              evalBatches: 2
              dropout: 0.1
              seed: %d
              threads: 1
            """.formatted(name, pool, SHARDS, every, text, width, steps, seed);
    }

    /** A spot pool that is not put off for long. */
    static PoolSpec pool(PoolName name, int minNodes, int maxNodes, Duration lease) {
        return pool(name, List.of(), minNodes, maxNodes, lease);
    }

    /** The same in these zones alone. */
    static PoolSpec pool(PoolName name, List<String> zones, int minNodes, int maxNodes, Duration lease) {
        return new PoolSpec(
                name,
                CapacityMode.SPOT_WITH_FALLBACK,
                "local",
                zones,
                List.of("local.small"),
                minNodes,
                maxNodes,
                Duration.ofSeconds(40),
                true,
                new LeaseSpec(
                        lease,
                        LeaseSpec.DEFAULT.heartbeat(),
                        LeaseSpec.DEFAULT.runUntil(),
                        LeaseSpec.DEFAULT.noticeMargin()),
                new BackoffSpec(Duration.ofSeconds(1), Duration.ofSeconds(5)),
                SwitchBackSpec.DEFAULT,
                BuyingSpec.DEFAULT);
    }

    static List<String> names(Map<String, ChaosJob> jobs) {
        return new ArrayList<>(jobs.keySet());
    }
}
