package dev.drover.simulation.world.check;

import dev.drover.planning.state.PoolState;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Offer;

/** What really happened in the world, whether or not the pool knows. */
public sealed interface Fact {
    /** The provider gave an instance, and asks its price from now on. */
    record InstanceStarted(NodeId node, Offer offer) implements Fact {}

    /** Nothing runs there any more. */
    record InstanceEnded(NodeId node) implements Fact {}

    /** The provider began, or ceased, to fail every call. */
    record CloudAway(boolean away) implements Fact {}

    /** A program makes its first step under a lease, after {@code fromStep}. */
    record TrainingBegan(NodeId node, Lease lease, int fromStep) implements Fact {}

    record TrainingEnded(NodeId node, Lease lease, Progress progress, End how) implements Fact {}

    /** A checkpoint was committed. */
    record Published(CheckpointRef checkpoint) implements Fact {}

    /** A controller looks at what there is of a shard, to grant the generation after this one. */
    record StoreRead(Lease lease) implements Fact {}

    /** A checkpoint was damaged after it was committed. */
    record Damaged(CheckpointRef checkpoint) implements Fact {}

    /** Retention deleted a checkpoint. */
    record Pruned(CheckpointRef checkpoint) implements Fact {}

    record ControllerCrashed() implements Fact {}

    /**
     * The controller came back.
     *
     * @param lost what the one before had in memory when it had last persisted
     * @param refolded what its journal gave
     */
    record ControllerRecovered(PoolState lost, PoolState refolded) implements Fact {}

    /**
     * How far a training is.
     *
     * @param step the last step made
     * @param published the step of its newest published checkpoint, or what it continued from
     * @param unpublishedSince the step of the first save that is not published yet; {@code step} where there is none
     * @param interval steps between checkpoints
     */
    record Progress(int step, int published, int unpublishedSince, int interval) {
        /** What a sudden end may cost: an interval, and what ran while the last checkpoint was being published. */
        public int mostLost() {
            return interval + step - unpublishedSince;
        }
    }

    /** Why a training ended. */
    enum End {
        /** It made and saved all its steps. */
        DONE(true),
        /** It was asked to stop, and stopped. */
        STOPPED(true),
        /** It was told that its lease is over. */
        RELEASED(true),
        /** The pool had its instance ended. */
        ORDERED(true),
        /** The cloud took its instance, having told so in time. */
        TAKEN_WITH_NOTICE(true),
        /** The cloud took its instance, and told too late or never. */
        TAKEN(false),
        /** The agent's process died. */
        AGENT_DIED(false),
        /** The agent was refused, or nobody renewed its lease. */
        AGENT_LEFT(false),
        /** The program itself failed. */
        FAILED(false),
        /** It had to stop, and the store did not take its last save. */
        STORE_AWAY(false);

        private final boolean orderly;

        End(boolean orderly) {
            this.orderly = orderly;
        }

        /** Whether there was time to save every step. */
        public boolean isOrderly() {
            return orderly;
        }
    }
}
