package dev.drover.agent.shard;

import java.time.Duration;

/**
 * How long a shard's actor waits for what.
 *
 * @param ready for a started program to say that it is ready
 * @param prepare for it to answer {@code prepare}, before it counts as prepared all the same
 * @param linger for it to exit by itself after its last word
 * @param retry between two attempts at what the store refused
 * @param shipLog between two looks at the log
 */
public record ShardLimits(Duration ready, Duration prepare, Duration linger, Duration retry, Duration shipLog) {
    public static final ShardLimits DEFAULT = new ShardLimits(
            Duration.ofMinutes(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3));
}
