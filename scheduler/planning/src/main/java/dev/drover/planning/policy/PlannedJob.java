package dev.drover.planning.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * A job that is only thought of.
 *
 * @param work of each shard, undisturbed
 * @param atOnce how many shards find room at the same time; the others follow
 * @param deadline the time it has, from now on
 * @param budget the tightest that it is paid from, in the currency of its markets
 */
public record PlannedJob(Duration work, int shards, int atOnce, Optional<Duration> deadline, Optional<Double> budget) {
    /** How many times shards run one after the other. */
    public int rounds() {
        return Math.ceilDiv(shards, atOnce);
    }
}
