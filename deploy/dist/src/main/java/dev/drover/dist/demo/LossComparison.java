package dev.drover.dist.demo;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whether two runs of the same job made the same losses, bit for bit.
 *
 * @param steps steps of each shard that both must have
 * @param identicalSteps steps whose losses agree in both runs, all shards together
 * @param firstDifference the first step that is missing or differs, in words
 */
record LossComparison(int shards, int steps, int identicalSteps, Optional<String> firstDifference) {
    static LossComparison of(int shards, int steps, List<TelemetryPoint> run, List<TelemetryPoint> baseline) {
        Map<Integer, Map<Integer, String>> left = bits(run);
        Map<Integer, Map<Integer, String>> right = bits(baseline);
        int identical = 0;
        Optional<String> first = Optional.empty();
        for (int shard = 0; shard < shards; shard++) {
            for (int step = 1; step <= steps; step++) {
                String here = left.getOrDefault(shard, Map.of()).getOrDefault(step, "missing");
                String there = right.getOrDefault(shard, Map.of()).getOrDefault(step, "missing");
                if (here.equals(there) && !here.equals("missing")) {
                    identical++;
                } else if (first.isEmpty()) {
                    first = Optional.of(
                            "shard %d, step %d: %s in the run, %s in the baseline".formatted(shard, step, here, there));
                }
            }
        }
        return new LossComparison(shards, steps, identical, first);
    }

    boolean isIdentical() {
        return identicalSteps == shards * steps;
    }

    private static Map<Integer, Map<Integer, String>> bits(List<TelemetryPoint> points) {
        Map<Integer, Map<Integer, String>> byShard = new TreeMap<>();
        for (TelemetryPoint point : points) {
            if (!point.superseded()) {
                byShard.computeIfAbsent(point.shard(), ignored -> new TreeMap<>())
                        .put(point.step(), point.lossBits());
            }
        }
        return byShard;
    }
}
