package dev.drover.planning.event;

import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.SpendCategory;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What happened to a pool. The journal keeps these for ever under stable names: {@code docs/EVENTS.md} says how they evolve.
 */
public sealed interface PoolEvent {
    Instant at();

    /** About the pool itself. */
    sealed interface OfPool extends PoolEvent {}

    /** About a job as a whole. */
    sealed interface OfJob extends PoolEvent {}

    /** About a node. */
    sealed interface OfNode extends PoolEvent {
        NodeId node();
    }

    /** About one shard. */
    sealed interface OfShard extends PoolEvent {
        ShardId shard();
    }

    /** About one generation of a shard. */
    sealed interface OfLease extends OfShard {
        Lease lease();

        @Override
        default ShardId shard() {
            return lease().shard();
        }
    }

    record PoolConfigured(PoolSpec spec, Instant at) implements OfPool {}

    record PoolPaused(Instant at) implements OfPool {}

    record PoolResumed(Instant at) implements OfPool {}

    record JobSubmitted(JobId job, JobSpec spec, String owner, Instant at) implements OfJob {}

    record JobCancelled(JobId job, String reason, Instant at) implements OfJob {}

    /** The job has this budget from here on, or none. */
    record JobBudgetSet(JobId job, Optional<Money> budget, Instant at) implements OfJob {}

    /** Every shard has ended. The job now moves to the read model. */
    record JobFinished(JobId job, JobState state, Reason reason, Instant at) implements OfJob {}

    /** The read model has the job; the pool keeps only its id, for a while. */
    record JobArchived(JobId job, Instant at) implements OfJob {}

    /** The ids of long-archived jobs were dropped. */
    record ArchivedForgotten(List<JobId> jobs, Instant at) implements OfJob {
        public ArchivedForgotten {
            jobs = List.copyOf(jobs);
        }
    }

    /** The pool wants a node, from the first of {@code markets} that has one. Its id is the launch's client token. */
    record NodeRequested(NodeId node, List<Market> markets, Reason reason, Instant at) implements OfNode {
        public NodeRequested {
            markets = List.copyOf(markets);
        }
    }

    record NodeLaunched(
            NodeId node, String instanceId, Market market, Money pricePerHour, Resources resources, Instant at)
            implements OfNode {}

    /** No market gave one; the node is forgotten. */
    record LaunchRefused(NodeId node, List<Refusal> refusals, Instant at) implements OfNode {
        public LaunchRefused {
            refusals = List.copyOf(refusals);
        }
    }

    /** The node's agent registered, for the first time or again after it was lost. */
    record NodeJoined(NodeId node, String incarnation, Instant at) implements OfNode {}

    record NodeNoticed(NodeId node, EvictionNotice notice, Instant at) implements OfNode {}

    /** Nothing new is placed on the node, and its shards move. */
    record NodeDraining(NodeId node, Reason reason, Instant at) implements OfNode {}

    /** The node was silent beyond its lease: its shards move without it. The instance may still run. */
    record NodeLost(NodeId node, Reason reason, Instant at) implements OfNode {}

    /** The instance is to be ended; until the provider says it is, it is asked again. */
    record NodeEnding(NodeId node, Reason reason, Instant at) implements OfNode {}

    /** The instance is gone: proof from the provider. */
    record NodeGone(NodeId node, Reason reason, Instant at) implements OfNode {}

    /**
     * Instance-seconds were paid for.
     *
     * @param from what was billed before ends here
     * @param pricePerHour what held from {@code from} to {@code to}
     * @param onDemandPricePerHour of the same type in the same zone
     * @param nextPricePerHour what holds from {@code to} on
     * @param parts who pays, and for what; never empty but in bills of versions that did not tell
     */
    record NodeBilled(
            NodeId node,
            Instant from,
            Instant to,
            Money pricePerHour,
            Money onDemandPricePerHour,
            Money nextPricePerHour,
            List<Part> parts,
            Instant at)
            implements OfNode {
        public NodeBilled {
            parts = List.copyOf(parts);
        }
    }

    /**
     * A part of a bill.
     *
     * @param job who pays; absent for what the pool pays itself
     * @param weight the part is weight / sum of the bill's weights
     */
    record Part(Optional<JobId> job, SpendCategory category, long weight) {}

    /** A slot on {@code node} is kept for the shard's next generation. While the shard runs elsewhere this is a handoff. */
    record ShardTargeted(ShardId shard, NodeId node, Reason reason, Instant at) implements OfShard {}

    /** The slot is not kept any more. */
    record TargetDropped(ShardId shard, Reason reason, Instant at) implements OfShard {}

    /** The lease is granted; reports of older generations are refused from here on. */
    record ShardGranted(Lease lease, NodeId node, Optional<CheckpointRef> resumeFrom, Reason reason, Instant at)
            implements OfLease {}

    /** The first step under this lease was seen. */
    record ShardStarted(Lease lease, Instant at) implements OfLease {}

    /** The last step that an earlier lease had made was made again: nothing is redone from here on. */
    record ShardCaughtUp(Lease lease, int step, Instant at) implements OfLease {}

    /** A better job takes the slot, or a budget ends: the shard is to save and leave, with no successor yet. */
    record ShardPreempted(Lease lease, Reason reason, Instant at) implements OfLease {}

    /** The shard has left its node: the attempt is over, the shard is not. {@code lastStep} as last reported. */
    record ShardDetached(Lease lease, int lastStep, Reason reason, Instant at) implements OfLease {}

    /** The node that had fallen silent came back still running the shard's current lease: it goes on there. */
    record ShardAdopted(Lease lease, NodeId node, Instant at) implements OfLease {}

    /** A checkpoint turned out not to be valid; it never counts again. */
    record CheckpointRejected(Lease lease, CheckpointRef checkpoint, Reason reason, Instant at) implements OfLease {}

    /** The program failed under this lease. This counts against the retries. */
    record ShardFailed(Lease lease, int lastStep, Reason reason, boolean isFinal, Instant at) implements OfLease {}

    /** Its last step is in {@code checkpoint}; absent where it made none, and so had nothing to save. */
    record ShardSucceeded(Lease lease, Optional<CheckpointRef> checkpoint, Reason reason, Instant at)
            implements OfLease {}
}
