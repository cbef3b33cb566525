package dev.drover.dist.demo;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import org.jspecify.annotations.Nullable;

/**
 * One step record as the API shows it.
 *
 * @param lossBits the float's bits, eight hex digits
 * @param superseded whether a later generation continued from before it
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record TelemetryPoint(
        int shard,
        int generation,
        int step,
        String lossBits,
        @Nullable Float evalLoss,
        double pauseMillis,
        double tokensPerSecond,
        long epochMillis,
        boolean superseded) {}
