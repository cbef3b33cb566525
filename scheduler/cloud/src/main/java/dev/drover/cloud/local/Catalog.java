package dev.drover.cloud.local;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the local cloud sells.
 *
 * @param tick how often seeded prices and capacities move, and how often capacity is compared with what runs
 * @param notice between the news of an eviction and the end of the instance; zero for none
 * @param grace between SIGTERM and SIGKILL when an instance ends
 * @param launchDelay between the answer to a launch and the start of the agent
 * @param remember how long an ended instance is known
 * @param traces recorded series that stand in for the seeded ones
 */
public record Catalog(
        List<Region> regions,
        List<InstanceType> types,
        Spot spot,
        Quota quota,
        Duration tick,
        Duration notice,
        Duration grace,
        Duration launchDelay,
        Duration remember,
        List<Trace> traces) {
    /** The provider's name in every market of this cloud. */
    public static final String PROVIDER = "local";

    /** A region and its zones. */
    public record Region(String name, List<String> zones) {}

    /** A type of instance, its resources and its price on demand. */
    public record InstanceType(String name, Resources resources, Money onDemandPerHour) {}

    /**
     * Between what bounds the seeded spot series move.
     *
     * @param lowestShare of the on-demand price, above 0
     * @param highestShare of the on-demand price
     * @param leastCapacity instances per market
     * @param mostCapacity instances per market
     */
    public record Spot(double lowestShare, double highestShare, int leastCapacity, int mostCapacity) {}

    /** How many instances may live at once, over all markets. */
    public record Quota(int spot, int onDemand) {}

    /** What a trace stands in for. */
    public enum Series {
        @JsonProperty("price")
        PRICE,
        @JsonProperty("capacity")
        CAPACITY
    }

    /**
     * A recorded series.
     *
     * @param zone the spot markets it is for, {@code null} for all
     * @param type the spot markets it is for, {@code null} for all
     * @param file JSON {@code {"metadata":{"gap_seconds":G},"data":[...]}}; prices per hour in the type's currency
     * @param speed how many recorded seconds pass in one; above 0
     */
    public record Trace(
            Series series, @Nullable String zone, @Nullable String type, String file, double speed) {}

    public Catalog {
        regions = List.copyOf(regions);
        types = List.copyOf(types);
        traces = List.copyOf(traces);
        require(!regions.isEmpty(), "regions", regions, "at least one region");
        require(!types.isEmpty(), "types", types, "at least one instance type");
        require(tick.compareTo(Duration.ofMillis(10)) >= 0, "tick", tick, "10ms or more");
        require(!notice.isNegative(), "notice", notice, "0ms or more");
        require(!grace.isNegative(), "grace", grace, "0ms or more");
        require(!launchDelay.isNegative(), "launchDelay", launchDelay, "0ms or more");
        require(
                spot.lowestShare > 0 && spot.lowestShare <= spot.highestShare && spot.highestShare <= 1,
                "spot",
                spot,
                "0 < lowestShare <= highestShare <= 1");
        require(
                spot.leastCapacity >= 0 && spot.leastCapacity <= spot.mostCapacity,
                "spot",
                spot,
                "0 <= leastCapacity <= mostCapacity");
        require(quota.spot >= 0 && quota.onDemand >= 0, "quota", quota, "0 or more");
        Set<String> zones = new HashSet<>();
        for (Region region : regions) {
            for (String zone : region.zones()) {
                require(zones.add(zone), "regions.zones", zone, "every zone once");
            }
        }
        Set<String> names = new HashSet<>();
        for (InstanceType type : types) {
            require(names.add(type.name()), "types.name", type.name(), "every name once");
        }
        for (Trace trace : traces) {
            require(trace.speed > 0, "traces.speed", trace.speed, "a number above 0");
        }
    }

    private static void require(boolean holds, String field, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "catalog: " + field + ": '" + value + "' is not allowed; use " + allowed);
        }
    }

    /** Two regions of three and two zones, two types, spot at 60 to 90 % below on demand. */
    public static Catalog standard() {
        return new Catalog(
                List.of(
                        new Region("local-east", List.of("local-east-a", "local-east-b", "local-east-c")),
                        new Region("local-west", List.of("local-west-a", "local-west-b"))),
                List.of(
                        new InstanceType(
                                "local.small", new Resources("cpu", 1, ByteSize.ofMiB(2048)), Money.usd("0.40")),
                        new InstanceType(
                                "local.large", new Resources("cpu", 2, ByteSize.ofMiB(4096)), Money.usd("0.76"))),
                new Spot(0.10, 0.40, 4, 12),
                new Quota(64, 32),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(2),
                Duration.ofMillis(200),
                Duration.ofDays(1),
                List.of());
    }

    /** Every market, region by region, zone by zone, type by type, spot first. */
    public List<Market> markets() {
        List<Market> markets = new ArrayList<>();
        for (Region region : regions) {
            for (String zone : region.zones()) {
                for (InstanceType type : types) {
                    for (CapacityType capacityType : CapacityType.values()) {
                        markets.add(new Market(PROVIDER, region.name(), zone, type.name(), capacityType));
                    }
                }
            }
        }
        return markets;
    }

    /** The type of that name, if it is sold. */
    public Optional<InstanceType> type(String name) {
        return types.stream().filter(type -> type.name().equals(name)).findFirst();
    }
}
