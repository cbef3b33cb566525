package dev.drover.protocol.api;

import dev.drover.protocol.pool.PoolSpec;

/** A pool as people see it. */
public record PoolView(
        PoolSpec spec, boolean paused, int nodes, int readyNodes, int queuedShards, int runningShards, CostView cost) {}
