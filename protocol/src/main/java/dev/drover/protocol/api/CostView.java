package dev.drover.protocol.api;

import dev.drover.protocol.money.Money;
import java.util.List;

/**
 * What was spent.
 *
 * @param spent in all
 * @param onDemand what the same instance-seconds would have cost on demand
 * @param switchBacks moves from on-demand back to spot that were completed
 */
public record CostView(Money spent, Money onDemand, int switchBacks, List<Line> byCapacityType) {
    /** One capacity type's share. */
    public record Line(String capacityType, double instanceSeconds, Money spent, Money onDemand) {}
}
