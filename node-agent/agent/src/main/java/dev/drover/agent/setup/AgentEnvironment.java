package dev.drover.agent.setup;

import dev.drover.protocol.agent.UserData;
import dev.drover.protocol.store.ObjectStore;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;

/**
 * What the parts of one agent share.
 *
 * @param incarnation changes with each start
 * @param schedulerTls whom the agent trusts to be its scheduler; empty where that is up to this machine
 * @param address where peers on the network reach this instance
 * @param blocking runs what waits for disks and networks; a thread per task
 * @param tokens fresh unguessable tokens
 * @param random for jitter only
 */
public record AgentEnvironment(
        AgentConfig config,
        UserData identity,
        String incarnation,
        Optional<SSLContext> schedulerTls,
        String address,
        ObjectStore store,
        InstantSource clock,
        Executor blocking,
        Supplier<String> tokens,
        RandomGenerator random) {}
