package dev.drover.cloud.local;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything the cloud remembers.
 *
 * @param seed of its prices and capacities, for the life of its directory
 * @param epoch when its prices and traces began
 * @param launches so far; names the next instance
 * @param metadataSecret signs metadata tokens, so that they outlive a restart
 */
record CloudState(
        long seed,
        Instant epoch,
        long launches,
        String metadataSecret,
        List<InstanceRecord> instances,
        List<PriceOverride> prices,
        List<CapacityOverride> capacities) {
    CloudState {
        instances = List.copyOf(instances);
        prices = List.copyOf(prices);
        capacities = List.copyOf(capacities);
    }

    static CloudState begin(long seed, Instant epoch, String metadataSecret) {
        return new CloudState(seed, epoch, 0, metadataSecret, List.of(), List.of(), List.of());
    }

    Optional<InstanceRecord> find(OwnedNode node) {
        return instances.stream().filter(record -> record.node().equals(node)).findFirst();
    }

    List<InstanceRecord> living() {
        return instances.stream().filter(InstanceRecord::lives).toList();
    }

    CloudState launched(InstanceRecord record) {
        List<InstanceRecord> more = new ArrayList<>(instances);
        more.add(record);
        return new CloudState(seed, epoch, launches + 1, metadataSecret, more, prices, capacities);
    }

    /** Replaces what is known of the node; an unknown one changes nothing. */
    CloudState with(InstanceRecord changed) {
        return withInstances(instances.stream()
                .map(record -> record.node().equals(changed.node()) ? changed : record)
                .toList());
    }

    CloudState priced(PriceOverride override) {
        List<PriceOverride> kept = new ArrayList<>(unpriced(override.markets(), override.from()).prices);
        kept.add(override);
        return new CloudState(seed, epoch, launches, metadataSecret, instances, kept, capacities);
    }

    /** Sets prices back: what was set for exactly these markets, or all of it for {@link MarketFilter#all}. */
    CloudState unpriced(MarketFilter markets, Instant now) {
        List<PriceOverride> kept = prices.stream()
                .map(price -> means(markets, price.markets()) ? price.endedAt(now) : price)
                .toList();
        return new CloudState(seed, epoch, launches, metadataSecret, instances, kept, capacities);
    }

    CloudState bounded(CapacityOverride override) {
        List<CapacityOverride> kept = new ArrayList<>(capacities);
        kept.removeIf(capacity -> capacity.markets().equals(override.markets()));
        kept.add(override);
        return new CloudState(seed, epoch, launches, metadataSecret, instances, prices, kept);
    }

    /** Sets capacities back: what was set for exactly these markets, or all of it for {@link MarketFilter#all}. */
    CloudState unbounded(MarketFilter markets) {
        List<CapacityOverride> kept = capacities.stream()
                .filter(capacity -> !means(markets, capacity.markets()))
                .toList();
        return new CloudState(seed, epoch, launches, metadataSecret, instances, prices, kept);
    }

    /** Without the instances that ended longer than {@code remember} ago, and the prices only they were billed by. */
    CloudState forgetting(Duration remember, Instant now) {
        Instant oldest = now.minus(remember);
        List<InstanceRecord> kept = instances.stream()
                .filter(record -> {
                    Instant endedAt = record.instance().endedAt();
                    return endedAt == null || endedAt.isAfter(oldest);
                })
                .toList();
        Instant billedFrom = kept.stream()
                .filter(InstanceRecord::lives)
                .map(record -> record.instance().launchedAt())
                .min(Instant::compareTo)
                .orElse(now);
        List<PriceOverride> needed = prices.stream()
                .filter(price -> {
                    Instant until = price.until();
                    return until == null || until.isAfter(billedFrom);
                })
                .toList();
        return kept.size() == instances.size() && needed.size() == prices.size()
                ? this
                : new CloudState(seed, epoch, launches, metadataSecret, kept, needed, capacities);
    }

    private CloudState withInstances(List<InstanceRecord> changed) {
        return new CloudState(seed, epoch, launches, metadataSecret, changed, prices, capacities);
    }

    private static boolean means(MarketFilter asked, MarketFilter set) {
        return asked.equals(MarketFilter.all()) || asked.equals(set);
    }
}
