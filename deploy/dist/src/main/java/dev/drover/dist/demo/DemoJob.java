package dev.drover.dist.demo;

import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.pool.BackoffSpec;
import dev.drover.protocol.pool.BuyingSpec;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.pool.SwitchBackSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the demo trains, on what, and in which pools. */
public final class DemoJob {
    static final int SHARDS = 2;
    static final int CHECKPOINT_EVERY = 20;

    private DemoJob() {}

    /** The pool that is disrupted: spot with fallback, one warm spare beyond the job's two nodes, impatient. */
    static PoolSpec disturbed() {
        return new PoolSpec(
                new PoolName("demo"),
                CapacityMode.SPOT_WITH_FALLBACK,
                "local",
                List.of(),
                List.of("local.small"),
                SHARDS + 1,
                SHARDS + 4,
                Duration.ofSeconds(30),
                true,
                new LeaseSpec(
                        Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofMinutes(30), Duration.ofSeconds(5)),
                new BackoffSpec(Duration.ofSeconds(2), Duration.ofSeconds(5)),
                new SwitchBackSpec(Duration.ofSeconds(8), Duration.ofSeconds(5), Duration.ofMinutes(10)),
                BuyingSpec.DEFAULT);
    }

    /** The pool that nothing happens to. */
    static PoolSpec undisturbed() {
        PoolSpec calm = disturbed().withNodes(0, SHARDS);
        return new PoolSpec(
                new PoolName("baseline"),
                CapacityMode.ON_DEMAND,
                calm.provider(),
                calm.zones(),
                calm.instanceTypes(),
                calm.minNodes(),
                calm.maxNodes(),
                calm.idleTimeout(),
                true,
                LeaseSpec.DEFAULT,
                calm.backoff(),
                calm.switchBack(),
                calm.buying());
    }

    /** The same job for both: about 160,000 parameters, on bytes. */
    static String spec(PoolSpec pool, Path data, int steps, long seed) {
        return """
            name: demo
            pool: %s
            shards: %d
            resources: {accelerator: cpu, count: 1, memory: 512MiB}
            checkpoint: {every: %d, keep: 3}
            train:
              data: {path: "%s", format: text, tokenizer: bytes, context: 64, evalFraction: 0.1}
              model: {layers: 3, width: 64, heads: 4, kvHeads: 2, feedForward: 176}
              optimizer: {learningRate: 2e-3, minLearningRate: 2e-4, warmupSteps: 20, weightDecay: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, clipNorm: 1.0}
              steps: %d
              microBatch: 16
              accumulation: 4
              evalEvery: %d
              evalBatches: 4
              dropout: 0.0
              seed: %d
              threads: 1
            """.formatted(pool.name(), SHARDS, CHECKPOINT_EVERY, data, steps, Math.max(1, steps / 6), seed);
    }

    /** The checkout's own sources and documents, one after the other: real text that ships with the repository. */
    public static void writeOwnText(Path root, Path to) throws IOException {
        TreeSet<Path> files = new TreeSet<>();
        Set<String> leftOut = Set.of("target", ".git", ".drover", "node_modules");
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
                return leftOut.contains(String.valueOf(dir.getFileName()))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = String.valueOf(file.getFileName());
                if (name.endsWith(".java") || name.endsWith(".md")) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        StringBuilder text = new StringBuilder();
        for (Path file : files) {
            text.append(Files.readString(file)).append('\n');
        }
        Files.writeString(to, text, StandardCharsets.UTF_8);
    }

    /** What the demo's cloud sells: prices that move every few seconds, room enough, a launch that takes a moment. */
    public static String catalog() {
        return """
            regions:
              - {name: north, zones: [north-a, north-b]}
              - {name: south, zones: [south-a]}
            types:
              - name: local.small
                resources: {accelerator: cpu, count: 1, memory: 2GiB}
                onDemandPerHour: {amount: 0.40, currency: USD}
            spot: {lowestShare: 0.10, highestShare: 0.40, leastCapacity: 6, mostCapacity: 12}
            quota: {spot: 64, onDemand: 32}
            tick: 5s
            notice: 30s
            grace: 2s
            launchDelay: 200ms
            remember: 1d
            traces: []
            """;
    }
}
