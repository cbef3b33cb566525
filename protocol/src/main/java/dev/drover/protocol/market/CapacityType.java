package dev.drover.protocol.market;

/** How capacity is bought: cheap and revocable, or dear and steady. */
public enum CapacityType {
    SPOT,
    ON_DEMAND
}
