package dev.drover.protocol.api;

import dev.drover.protocol.money.Money;
import java.util.List;
import java.util.Objects;

/**
 * What was spent. The lines of either list add up to the whole.
 *
 * @param spent in all
 * @param onDemand what the same instance-seconds would have cost on demand
 * @param switchBacks moves from on-demand back to spot that were completed
 * @param byCategory empty for a job that an earlier version archived
 */
public record CostView(
        Money spent, Money onDemand, int switchBacks, List<Line> byCapacityType, List<CategoryLine> byCategory) {
    public CostView {
        byCapacityType = List.copyOf(byCapacityType);
        byCategory = List.copyOf(Objects.requireNonNullElse(byCategory, List.of()));
    }

    /** One capacity type's share. */
    public record Line(String capacityType, double instanceSeconds, Money spent, Money onDemand) {}

    /** What was spent for one purpose. */
    public record CategoryLine(SpendCategory category, double instanceSeconds, Money spent, Money onDemand) {}
}
