package dev.drover.protocol.market;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Comparator;

/**
 * The unit that has a price and a chance of capacity.
 *
 * @param provider the cloud, as {@code local}
 * @param instanceType the provider's own name for the machine type
 */
public record Market(String provider, String region, String zone, String instanceType, CapacityType capacityType)
        implements Comparable<Market> {
    private static final Comparator<Market> ORDER = Comparator.comparing(Market::provider)
            .thenComparing(Market::region)
            .thenComparing(Market::zone)
            .thenComparing(Market::instanceType)
            .thenComparing(market -> market.capacityType().name());

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
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return provider + ":" + zone + ":" + instanceType + ":" + capacityType;
    }
}
