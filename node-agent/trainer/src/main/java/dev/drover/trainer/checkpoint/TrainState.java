package dev.drover.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a checkpoint knows besides its tensors: {@code state.json}.
 *
 * @param format version of this format, {@link #FORMAT}
 * @param step steps made
 * @param samples the sample cursor: samples consumed, from which the next one's place in the data follows
 * @param vocabulary token ids the weights are for
 * @param dataSize tokens or rows of the job's data, all shards together
 * @param device where it ran
 * @param versions of what computed it: djl, pytorch, java
 * @param train the complete train spec: seed, schedule, sizes, threads
 */
public record TrainState(
        int format,
        int step,
        long samples,
        int shard,
        int shards,
        int vocabulary,
        long dataSize,
        String device,
        Versions versions,
        JsonNode train) {
    public static final int FORMAT = 1;

    /** Versions of what the result depends on. */
    public record Versions(String djl, String pytorch, String java) {}
}
