package dev.drover.protocol.market;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * The unit that has a price and a chance of capacity.
 *
 * @param provider the cloud, as {@code local}
 * @param instanceType the provider's own name for the machine type
 */
public record Market(String provider, String region, String zone, String instanceType, CapacityType capacityType)
        implements Comparable<Market> {
    /** The same place and type, bought the other way. */
    public Market as(CapacityType other) {
        return new Market(provider, region, zone, instanceType, other);
    }

    @JsonIgnore
    public boolean isSpot() {
        return capacityType == CapacityType.SPOT;
    }

    @Override
    public int compareTo(Market other) {
        int order = this == other ? 0 : provider.compareTo(other.provider);
        order = order == 0 ? region.compareTo(other.region) : order;
        order = order == 0 ? zone.compareTo(other.zone) : order;
        order = order == 0 ? instanceType.compareTo(other.instanceType) : order;
        return order == 0 ? capacityType.name().compareTo(other.capacityType.name()) : order;
    }

    @Override
    public String toString() {
        return provider + ":" + zone + ":" + instanceType + ":" + capacityType;
    }
}
