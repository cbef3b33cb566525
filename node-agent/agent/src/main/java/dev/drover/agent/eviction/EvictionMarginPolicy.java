package dev.drover.agent.eviction;

import dev.drover.protocol.agent.ShardStatus;
import java.time.Duration;
import java.util.Collection;

/** How long before its end a node must begin to save. */
public final class EvictionMarginPolicy {
    private static final Duration LEAST = Duration.ofMillis(500);

    private EvictionMarginPolicy() {}

    /**
     * Twice the save and upload of all shards at once, and the longest recent step; {@code unmeasured} while some shard has
     * not saved yet.
     */
    public static Duration margin(Collection<ShardStatus> active, Duration unmeasured) {
        if (active.stream().anyMatch(status -> status.saveMillis() <= 0)) {
            return unmeasured;
        }
        double saves = active.stream().mapToDouble(ShardStatus::saveMillis).sum();
        double step = active.stream().mapToDouble(ShardStatus::stepMillis).max().orElse(0);
        Duration measured = Duration.ofMillis((long) Math.ceil(2 * saves + step));
        return measured.compareTo(LEAST) < 0 ? LEAST : measured;
    }
}
