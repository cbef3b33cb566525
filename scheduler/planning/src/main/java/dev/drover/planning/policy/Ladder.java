package dev.drover.planning.policy;

import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.pool.RungSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * What may be bought, best first: the job's own rungs, else the pool's, else one of spot and one on demand, as far as the pool's
 * mode buys that way. The pool's zones and instance types bound every rung.
 */
public record Ladder(List<RungSpec> rungs) {
    public Ladder {
        rungs = List.copyOf(rungs);
    }

    /**
     * The effective ladder.
     *
     * @param own the job's; empty means the pool's
     */
    public static Ladder of(PoolSpec pool, List<RungSpec> own) {
        List<RungSpec> stated = own.isEmpty() ? pool.buying().ladder() : own;
        List<RungSpec> all = stated.isEmpty()
                ? Stream.of(CapacityType.values()).map(Ladder::any).toList()
                : stated;
        return new Ladder(all.stream()
                .filter(rung -> buys(pool.mode(), rung.capacityType()))
                .toList());
    }

    private static RungSpec any(CapacityType type) {
        return new RungSpec(
                type,
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty());
    }

    private static boolean buys(CapacityMode mode, CapacityType type) {
        return switch (mode) {
            case SPOT_ONLY -> type == CapacityType.SPOT;
            case SPOT_WITH_FALLBACK -> true;
            case ON_DEMAND -> type == CapacityType.ON_DEMAND;
        };
    }

    /** What something that needs {@code need} takes on this rung. */
    static Resources needOn(RungSpec rung, Resources need) {
        return rung.accelerator()
                .map(kind -> new Resources(kind, need.count(), need.memory()))
                .orElse(need);
    }

    /** What a shard of the job takes on a node with this accelerator, if it may use one. */
    public static Optional<Resources> needOn(PoolSpec pool, JobSpec job, String accelerator) {
        Resources need = job.resources();
        if (need.accelerator().equals(accelerator)) {
            return Optional.of(need);
        }
        return of(pool, job.scheduling().ladder()).rungs().stream()
                .map(rung -> needOn(rung, need))
                .filter(other -> other.accelerator().equals(accelerator))
                .findFirst();
    }

    /** Rows per micro-batch on a node with this accelerator, where the job's ladder has a word on it. */
    public static OptionalInt microBatchOn(JobSpec job, String accelerator) {
        return job.scheduling().ladder().stream()
                .filter(rung -> rung.accelerator().equals(Optional.of(accelerator)))
                .map(RungSpec::microBatch)
                .filter(OptionalInt::isPresent)
                .findFirst()
                .orElse(OptionalInt.empty());
    }
}
