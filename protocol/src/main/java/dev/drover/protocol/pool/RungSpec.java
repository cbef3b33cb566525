package dev.drover.protocol.pool;

import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.money.Money;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One step of a ladder: a set of markets that are equally welcome. A ladder is climbed from its first rung on.
 *
 * @param accelerator the kind to run on here; empty means the one that the job asks for
 * @param regions the ones to use; empty means all
 * @param zones the ones to use; empty means all
 * @param instanceTypes the ones to use; empty means all
 * @param maxPrice the most that an instance may cost an hour
 * @param spendLimit the most that may be spent through this rung: by the job whose ladder it is, else by the pool
 * @param microBatch rows per micro-batch here. The global batch stays what it was, since accumulation makes up for it; equality
 *     of the losses is then to a tolerance. Only a job's rung that names its accelerator has one
 */
public record RungSpec(
        CapacityType capacityType,
        Optional<String> accelerator,
        List<String> regions,
        List<String> zones,
        List<String> instanceTypes,
        Optional<Money> maxPrice,
        Optional<Money> spendLimit,
        OptionalInt microBatch) {
    public RungSpec {
        regions = List.copyOf(regions);
        zones = List.copyOf(zones);
        instanceTypes = List.copyOf(instanceTypes);
    }
}
