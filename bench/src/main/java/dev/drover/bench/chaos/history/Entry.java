package dev.drover.bench.chaos.history;

import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import java.time.Instant;
import java.util.List;

/** A line of a campaign's history: what was done, and what was seen from outside, when. */
public sealed interface Entry {
    Instant at();

    /** The campaign went on from here: its first start, or after an interruption. */
    record Began(Instant at) implements Entry {}

    /** Everything was ended before the campaign was over. */
    record Interrupted(Instant at) implements Entry {}

    /** A client means to submit. It repeats the same key until it is answered. */
    record Submitting(Instant at, String key, String spec) implements Entry {}

    /** A scheduler answered that the job is accepted. */
    record Acknowledged(Instant at, String key, String spec, JobId job, String scheduler) implements Entry {}

    /** The API says that a job has ended. */
    record Ended(Instant at, JobId job, String state) implements Entry {}

    /** An operator's or user's request that was answered, in words; of {@code job}, if it is about one. */
    record Asked(Instant at, String what, List<JobId> job) implements Entry {
        public Asked {
            job = List.copyOf(job);
        }
    }

    /**
     * A fault was done.
     *
     * @param target to whom, in words
     * @param nodes which nodes it happened to
     * @param damaged which checkpoints it damaged
     */
    record FaultBegan(
            Instant at, int number, Fault fault, String target, List<NodeId> nodes, List<CheckpointRef> damaged)
            implements Entry {
        public FaultBegan {
            nodes = List.copyOf(nodes);
            damaged = List.copyOf(damaged);
        }
    }

    record FaultHealed(Instant at, int number) implements Entry {}

    /** A fault found nothing that it could happen to. */
    record FaultSkipped(Instant at, int number, String why) implements Entry {}

    /** A scheduler's process was started. */
    record SchedulerStarted(Instant at, int scheduler, long pid) implements Entry {}

    /** A scheduler's process ended, and nobody killed it. */
    record SchedulerEnded(Instant at, int scheduler) implements Entry {}

    /** All was healed, and something does not work again, in words. */
    record Unhealed(Instant at, String what) implements Entry {}

    /** A process of an instance was seen for the first time. */
    record ProcessSeen(Instant at, String instanceId, long pid, boolean trainer) implements Entry {}

    /** It was not there any more. */
    record ProcessGone(Instant at, String instanceId, long pid, boolean trainer) implements Entry {}
}
