package dev.drover.planning.state;

import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.money.Money;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was spent, by capacity type, and what it would have cost on demand.
 *
 * @param switchBacks completed moves from on-demand back to spot
 */
public record Ledger(Map<CapacityType, Spend> spends, int switchBacks) {
    public static final Ledger EMPTY = new Ledger(Map.of(), 0);

    public Ledger {
        spends = Map.copyOf(spends);
    }

    /** One capacity type's share. */
    public record Spend(Duration instanceTime, Money spent, Money onDemand) {
        Spend plus(Spend other) {
            return new Spend(
                    instanceTime.plus(other.instanceTime), spent.plus(other.spent), onDemand.plus(other.onDemand));
        }
    }

    /** Adds a share of {@code time} on an instance. */
    Ledger plus(CapacityType type, Duration time, Money pricePerHour, Money onDemandPerHour, Share share) {
        Spend added = new Spend(
                share.of(time), share.of(pricePerHour.perHourFor(time)), share.of(onDemandPerHour.perHourFor(time)));
        Map<CapacityType, Spend> all = new EnumMap<>(CapacityType.class);
        all.putAll(spends);
        all.merge(type, added, Spend::plus);
        return new Ledger(all, switchBacks);
    }

    Ledger plusSwitchBack() {
        return new Ledger(spends, switchBacks + 1);
    }

    /** In all, or nothing when no money was spent yet and the currency is not known. */
    public Optional<Money> spent() {
        return spends.values().stream().map(Spend::spent).reduce(Money::plus);
    }

    public Optional<Money> onDemand() {
        return spends.values().stream().map(Spend::onDemand).reduce(Money::plus);
    }
}
