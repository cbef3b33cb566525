package dev.drover.protocol.shard;

import org.jspecify.annotations.Nullable;

/**
 * One optimizer step, as the training process saw it. What telemetry shows and {@code steps.ndjson} keeps.
 *
 * @param step from 1
 * @param loss mean training loss of the step, in nats per token
 * @param gradientNorm before clipping
 * @param samples samples consumed since step 1, this one included
 * @param pauseMillis how long training stood still for a checkpoint since the step before
 * @param evalLoss nats per token on the held-out part, on steps that evaluate
 * @param epochMillis wall clock at the end of the step
 */
public record StepRecord(
        int step,
        float loss,
        double learningRate,
        double gradientNorm,
        long samples,
        double tokensPerSecond,
        double pauseMillis,
        @Nullable Float evalLoss,
        long epochMillis) {}
