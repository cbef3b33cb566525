package dev.drover.http;

import java.time.Duration;

/**
 * How much the API takes on, and how long it waits.
 *
 * @param maxBodyBytes longer request bodies are refused with 413
 * @param poolTimeout a pool that has not answered within this is called silent: 503, ask again
 * @param retryAfter what a refused client is told to wait
 * @param pollEvery how often live streams look for something new
 * @param stepsEvery how often live streams show steps, a few per shard each time
 * @param heartbeatEvery a live stream that says nothing for this long sends a comment
 * @param historyPatience how long a request for the steps of a job that has just ended waits until the last of them are there
 * @param metricsNeedToken whether {@code /metrics} asks for a token; leave it off only where the port is private
 */
public record ApiLimits(
        int maxBodyBytes,
        Duration poolTimeout,
        Duration retryAfter,
        Duration pollEvery,
        Duration stepsEvery,
        Duration heartbeatEvery,
        Duration historyPatience,
        boolean metricsNeedToken) {
    public static final ApiLimits DEFAULT = new ApiLimits(
            1 << 20,
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofMillis(250),
            Duration.ofSeconds(1),
            Duration.ofSeconds(15),
            Duration.ofSeconds(10),
            false);
}
