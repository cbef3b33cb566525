package dev.drover.control;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How one scheduler is set up.
 *
 * @param owner the ownership tag of every instance this cluster launches; the reaper ends what carries it and has no pool
 * @param schedulers WebSocket addresses for agents to dial; while empty, nothing is launched. Asked at each launch, as the
 *     port may only be known once it is bound
 * @param secret join tokens are derived from it. A secret; the same on every scheduler and after every restart
 * @param caPem the CA that agents are to trust, and no other, where they dial {@code wss}
 * @param storeUrl the object store, as agents are to open it
 * @param tick how often a pool looks after itself when nothing happens
 * @param marketPeriod how often the provider is asked for prices and instances
 * @param orphanGrace an instance that no pool knows of is ended after this long
 * @param askTimeout the API's question is given up after this long, outcome unknown
 * @param agentIdle a connection with no frame for this long is closed
 */
public record SchedulerConfig(
        String owner,
        Supplier<List<String>> schedulers,
        String secret,
        Optional<String> caPem,
        String storeUrl,
        Duration tick,
        Duration marketPeriod,
        Duration orphanGrace,
        Duration askTimeout,
        Duration agentIdle) {
    public SchedulerConfig {
        if (secret.length() < 16) {
            throw new IllegalArgumentException("secret: " + secret.length() + " characters; use 16 or more");
        }
    }

    /** With the periods that suit one machine and the local cloud. */
    public static SchedulerConfig local(
            String owner, Supplier<List<String>> schedulers, String secret, Optional<String> caPem, String storeUrl) {
        return new SchedulerConfig(
                owner,
                schedulers,
                secret,
                caPem,
                storeUrl,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30));
    }

    @Override
    public String toString() {
        return "SchedulerConfig[owner " + owner + ", store " + storeUrl + "]";
    }
}
