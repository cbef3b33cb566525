package dev.drover.protocol.agent;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent needs to run a shard.
 *
 * @param shards slices of the job in all
 * @param command the program; absent means the built-in trainer
 * @param specJson the program's own spec, as JSON text
 */
public record ShardTask(
        int shards,
        int checkpointEvery,
        int checkpointsKept,
        @Nullable List<String> command,
        String specJson) {}
