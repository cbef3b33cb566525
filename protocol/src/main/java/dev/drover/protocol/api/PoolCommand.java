package dev.drover.protocol.api;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the API asks of one pool. The answer is a {@link PoolReply}, given once the decision is durable. */
public sealed interface PoolCommand {
    /** Only asks. It changes nothing, so it waits for no write. */
    sealed interface Query extends PoolCommand {}

    /** Accept a job. The same id again, with whatever spec, answers with the job that exists: submitting is idempotent. */
    record SubmitJob(JobId job, JobSpec spec, String owner) implements PoolCommand {}

    /** Accept all of them, or none. What is there already stays. The answer is {@code Done}. */
    record SubmitJobs(List<SubmitJob> jobs) implements PoolCommand {
        public SubmitJobs {
            jobs = List.copyOf(jobs);
        }
    }

    record CancelJob(JobId job, String reason) implements PoolCommand {}

    /** The most that the job may spend from now on; absent lifts it. What waits for money goes on from its checkpoint. */
    record SetBudget(JobId job, Optional<Money> budget) implements PoolCommand {}

    /** Create the pool, or give it a new spec. */
    record ConfigurePool(PoolSpec spec) implements PoolCommand {}

    record ScalePool(int minNodes, int maxNodes) implements PoolCommand {}

    /** Place and launch nothing new; what runs goes on. */
    record PausePool() implements PoolCommand {}

    record ResumePool() implements PoolCommand {}

    /** Move the node's shards elsewhere, make before break, then end it. */
    record DrainNode(NodeId node) implements PoolCommand {}

    /** A drill: the node behaves as if evicted. Absent notice means killed at once, without warning. */
    record EvictNode(NodeId node, Optional<Duration> notice) implements PoolCommand {}

    record ShowPool() implements Query {}

    record ShowJob(JobId job) implements Query {}

    /** The pool's live jobs; finished ones are in the read model. */
    record ListJobs() implements Query {}

    record ListNodes() implements Query {}

    record ListMarkets() implements Query {}

    record ShowCost() implements Query {}

    /** What the job would cost, and when it would be done. {@code job} is an id that it could have. */
    record PlanJob(JobId job, JobSpec spec, String owner) implements Query {}
}
