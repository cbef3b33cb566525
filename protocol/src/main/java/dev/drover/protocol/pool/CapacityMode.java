package dev.drover.protocol.pool;

/** Which capacity types a pool buys. */
public enum CapacityMode {
    /** Spot, or wait. */
    SPOT_ONLY,
    /** Spot; on demand while there is none; back to spot when it returns. */
    SPOT_WITH_FALLBACK,
    ON_DEMAND
}
