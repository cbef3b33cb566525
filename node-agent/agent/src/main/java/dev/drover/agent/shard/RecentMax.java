package dev.drover.agent.shard;

import java.util.ArrayDeque;

/** The greatest of the last few values; 0 before the first. */
final class RecentMax {
    private final ArrayDeque<Double> values = new ArrayDeque<>();
    private final int remembered;

    RecentMax(int remembered) {
        this.remembered = remembered;
    }

    void add(double value) {
        values.addLast(value);
        if (values.size() > remembered) {
            values.removeFirst();
        }
    }

    double get() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }
}
