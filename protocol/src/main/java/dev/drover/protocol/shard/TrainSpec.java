package dev.drover.protocol.shard;

/**
 * What the built-in training program needs to know. The loss curve is a pure function of this, the data and the shard's
 * index, on one CPU type.
 *
 * @param steps optimizer steps in all
 * @param microBatch samples per forward pass
 * @param accumulation forward passes per optimizer step
 * @param evalEvery steps between evaluations; 0 means only after the last step
 * @param evalBatches micro-batches per evaluation, the same ones each time
 * @param seed initial weights, data order and dropout derive from it
 * @param threads compute threads; part of the result's identity
 */
public record TrainSpec(
        ModelSpec model,
        DataSpec data,
        OptimizerSpec optimizer,
        int steps,
        int microBatch,
        int accumulation,
        int evalEvery,
        int evalBatches,
        double dropout,
        long seed,
        int threads) {}
