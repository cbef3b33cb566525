package dev.drover.planning.state;

import dev.drover.protocol.api.SpendCategory;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.money.Money;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was spent, by capacity type and by what it was spent on, and what it would have cost on demand.
 *
 * @param switchBacks completed moves from on-demand back to spot
 */
public record Ledger(Map<CapacityType, Map<SpendCategory, Spend>> spends, int switchBacks) {
    public static final Ledger EMPTY = new Ledger(Map.of(), 0);

    public Ledger {
        spends = Map.copyOf(spends);
    }

    /** One line. */
    public record Spend(Duration instanceTime, Money spent, Money onDemand) {
        Spend plus(Spend other) {
            return new Spend(
                    instanceTime.plus(other.instanceTime), spent.plus(other.spent), onDemand.plus(other.onDemand));
        }

        Spend minus(Spend other) {
            return new Spend(
                    instanceTime.minus(other.instanceTime), spent.minus(other.spent), onDemand.minus(other.onDemand));
        }
    }

    Ledger plus(CapacityType type, SpendCategory category, Spend added) {
        Map<SpendCategory, Spend> ofType = new EnumMap<>(SpendCategory.class);
        ofType.putAll(spends.getOrDefault(type, Map.of()));
        ofType.merge(category, added, Spend::plus);
        Map<CapacityType, Map<SpendCategory, Spend>> all = new EnumMap<>(CapacityType.class);
        all.putAll(spends);
        all.put(type, Map.copyOf(ofType));
        return new Ledger(all, switchBacks);
    }

    Ledger plusSwitchBack() {
        return new Ledger(spends, switchBacks + 1);
    }

    /** The sums by capacity type, in order. */
    public Map<CapacityType, Spend> byCapacityType() {
        Map<CapacityType, Spend> sums = new EnumMap<>(CapacityType.class);
        spends.forEach((type, ofType) -> ofType.values().forEach(spend -> sums.merge(type, spend, Spend::plus)));
        return sums;
    }

    /** The sums by category, in order. */
    public Map<SpendCategory, Spend> byCategory() {
        Map<SpendCategory, Spend> sums = new EnumMap<>(SpendCategory.class);
        spends.values()
                .forEach(ofType -> ofType.forEach((category, spend) -> sums.merge(category, spend, Spend::plus)));
        return sums;
    }

    /** In all, or nothing when no money was spent yet and the currency is not known. */
    public Optional<Money> spent() {
        return all().map(Spend::spent);
    }

    public Optional<Money> onDemand() {
        return all().map(Spend::onDemand);
    }

    private Optional<Spend> all() {
        return spends.values().stream()
                .map(Map::values)
                .flatMap(Collection::stream)
                .reduce(Spend::plus);
    }
}
