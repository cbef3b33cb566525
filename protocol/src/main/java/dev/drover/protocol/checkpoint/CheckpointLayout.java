package dev.drover.protocol.checkpoint;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;

/** Where things lie in the store. A generation writes only under its own prefix, so a zombie can't overwrite. */
public final class CheckpointLayout {
    public static final String MANIFEST = "manifest.json";
    public static final String STEPS = "steps.ndjson";

    private CheckpointLayout() {}

    public static String jobPrefix(JobId job) {
        return "jobs/" + job + "/";
    }

    public static String shardPrefix(ShardId shard) {
        return jobPrefix(shard.job()) + "shards/" + shard.index() + "/";
    }

    public static String generationPrefix(Lease lease) {
        return shardPrefix(lease.shard()) + "g" + lease.generation() + "/";
    }

    /** The directory of one checkpoint, with a trailing slash. */
    public static String checkpoint(Lease lease, int step) {
        return generationPrefix(lease) + "step-%08d/".formatted(step);
    }

    public static String manifest(Lease lease, int step) {
        return checkpoint(lease, step) + MANIFEST;
    }

    /** A generation's log, as shipped by its agent. */
    public static String log(Lease lease) {
        return generationPrefix(lease) + "log.txt";
    }
}
