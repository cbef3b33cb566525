package dev.drover.protocol.api;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A job as people see it.
 *
 * @param why the plain answer to "why is it not running", while it is not, and why it ended
 */
public record JobView(
        JobId id,
        PoolName pool,
        String owner,
        JobSpec spec,
        JobState state,
        Optional<Reason> why,
        List<ShardView> shards,
        Instant submittedAt,
        Optional<Instant> finishedAt,
        CostView cost) {}
