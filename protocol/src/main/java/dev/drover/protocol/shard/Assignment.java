package dev.drover.protocol.shard;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Which shard a process is to train.
 *
 * @param shard index of the slice, from 0
 * @param shards slices in all
 * @param workDir where the process writes checkpoints, each in a directory of its own; the agent owns and cleans it
 * @param checkpointEvery steps between checkpoints
 * @param spec what to do, in the program's own terms: a {@link TrainSpec} for the built-in program
 */
public record Assignment(
        String job, int shard, int shards, int generation, String workDir, int checkpointEvery, JsonNode spec) {}
