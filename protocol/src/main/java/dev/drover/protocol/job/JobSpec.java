package dev.drover.protocol.job;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import java.util.Optional;

/**
 * What a user submits: a complete, valid job. {@code JobSpecReader} makes one from YAML or JSON, with defaults filled in.
 *
 * @param name what people call it; need not be unique
 * @param shards independent trainings, each on its own slice of the data. Data-parallel rounds between them come later
 * @param resources what each shard needs
 * @param retries how often a shard's own failure is tried again. Lost capacity never counts
 * @param scheduling when it runs, on what, and at what cost
 */
public record JobSpec(
        String name,
        PoolName pool,
        int shards,
        Resources resources,
        ProgramSpec program,
        CheckpointSpec checkpoint,
        int retries,
        @JsonUnwrapped SchedulingSpec scheduling) {
    /** The same with this budget, or none. */
    public JobSpec withBudget(Optional<Money> budget) {
        return new JobSpec(name, pool, shards, resources, program, checkpoint, retries, scheduling.withBudget(budget));
    }
}
