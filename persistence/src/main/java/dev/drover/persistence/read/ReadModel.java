package dev.drover.persistence.read;

import dev.drover.protocol.api.AttemptView;
import dev.drover.protocol.api.JobEvent;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.shard.StepRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is asked often, or outlives the state of a pool. Calls block on the database: run them on virtual threads.
 *
 * <p>Every write is idempotent and durable when the call returns. Nothing here decides anything; the journal does.
 */
public interface ReadModel extends AutoCloseable {
    /**
     * Claims an idempotency key for the jobs of one submission, and remembers which pool they are in, before the pool is told of
     * them. The first caller's claim stays for ever; later ones get that claim back. Without a key the claim is always fresh.
     *
     * @param bodyDigest SHA-256 of the submitted body
     * @param proposed at least one job; the claim names the first
     */
    Submission claim(Optional<String> idempotencyKey, String bodyDigest, List<JobId> proposed, PoolName pool);

    /** The claim on a key, if there is one, so that a repeated submission is known before it is judged anew. */
    Optional<Submission> claimed(String idempotencyKey);

    /** The pool a job was submitted to, live or finished. */
    Optional<PoolName> poolOf(JobId job);

    /** Remembers that a pool exists. */
    void addPool(PoolName pool);

    List<PoolName> pools();

    /** Keeps finished jobs. */
    void archive(List<JobView> jobs);

    Optional<JobView> finished(JobId job);

    /** Finished jobs, the last finished first. */
    List<JobView> finished(Optional<PoolName> pool, int limit);

    /** Notes generations of shards; telemetry is shown with their nodes and cut by where they resumed. Of the same one the last counts. */
    void recordAttempts(List<ShardAttempt> attempts);

    /** Who held each generation of a job's shards, as far as {@link #recordAttempts} was told. */
    Map<Lease, Holder> holders(JobId job);

    /** Adds step records of one generation; a record that is there already stays. */
    void appendSteps(Lease lease, List<StepRecord> steps);

    /**
     * The surviving history: of each step, the record of the newest generation that made it, up to where later generations
     * resumed.
     *
     * @param includeSuperseded also shows the records that were cut off
     * @param maxPoints thins evenly to at most this many per shard, the last one always shown; 0 means all
     */
    List<TelemetryRow> telemetry(
            JobId job, Optional<Integer> shard, int afterStep, boolean includeSuperseded, int maxPoints);

    /** The steps that a generation has no record of, within (fromStep, toStep], in order. */
    List<StepRange> missingSteps(Lease lease, int fromStep, int toStep);

    /** Adds events; an event whose (job, sequence) is there already stays. */
    void appendEvents(List<JobEvent> events);

    List<JobEvent> events(JobId job, long afterSequence, int limit);

    /** Whether the database answers. */
    boolean isHealthy();

    @Override
    void close();

    /**
     * A claim on an idempotency key.
     *
     * @param fresh whether this call made it
     */
    record Submission(JobId job, PoolName pool, String bodyDigest, boolean fresh) {}

    /** One generation of a shard. */
    record ShardAttempt(ShardId shard, AttemptView attempt) {}

    /** The node that a generation was granted to, and the step it continued after. */
    record Holder(NodeId node, int resumedFromStep) {}

    /** A step with its place. */
    record TelemetryRow(
            ShardId shard,
            int generation,
            StepRecord step,
            String node,
            String zone,
            String capacityType,
            boolean superseded) {}
}
