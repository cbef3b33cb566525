package dev.drover.protocol.job;

/**
 * How often to save, and how many checkpoints to keep.
 *
 * @param every optimizer steps between checkpoints, 1 or more
 * @param keep the newest ones kept per shard, 1 or more
 */
public record CheckpointSpec(int every, int keep) {}
