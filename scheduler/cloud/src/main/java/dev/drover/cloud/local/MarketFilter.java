package dev.drover.cloud.local;

import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import org.jspecify.annotations.Nullable;

/** Which markets are meant: those that agree with every field that is set. */
public record MarketFilter(
        @Nullable String region,
        @Nullable String zone,
        @Nullable String type,
        @Nullable CapacityType capacityType) {
    public static MarketFilter all() {
        return new MarketFilter(null, null, null, null);
    }

    public static MarketFilter zone(String zone) {
        return new MarketFilter(null, zone, null, null);
    }

    public static MarketFilter of(Market market) {
        return new MarketFilter(market.region(), market.zone(), market.instanceType(), market.capacityType());
    }

    /** The same, of one capacity type only. */
    public MarketFilter only(CapacityType wanted) {
        return new MarketFilter(region, zone, type, wanted);
    }

    public boolean matches(Market market) {
        return (region == null || region.equals(market.region()))
                && (zone == null || zone.equals(market.zone()))
                && (type == null || type.equals(market.instanceType()))
                && (capacityType == null || capacityType == market.capacityType());
    }
}
