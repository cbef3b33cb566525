package dev.drover.control;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.*;
import dev.drover.planning.event.PoolEvent.OfJob;
import dev.drover.planning.event.PoolEvent.OfNode;
import dev.drover.planning.event.PoolEvent.OfPool;
import dev.drover.planning.event.PoolEvent.OfShard;
import dev.drover.protocol.api.JobEvent;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobState;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** Tells a pool's events as the story of each job. Pure, and the same for the same event: telling it twice adds nothing. */
final class JobEvents {
    private JobEvents() {}

    /**
     * What the event means to a job, if it is about one.
     *
     * @param sequence of the event in the pool's journal: it grows within each of its jobs, too
     */
    static Optional<JobEvent> of(PoolEvent event, long sequence) {
        return switch (event) {
            case OfJob e -> job(e).map(told -> told.at(event, sequence));
            case OfShard e -> shard(e).map(told -> told.at(event, sequence));
            case OfNode ignored -> Optional.empty();
            case OfPool ignored -> Optional.empty();
        };
    }

    private static Optional<Told> job(OfJob event) {
        return switch (event) {
            case JobSubmitted e ->
                ofJob(
                        e.job(),
                        "submitted",
                        "Submitted by %s: '%s', %s."
                                .formatted(
                                        e.owner(),
                                        e.spec().name(),
                                        count(e.spec().shards(), "shard")),
                        Optional.empty());
            case JobCancelled e -> ofJob(e.job(), "cancelled", "Cancelled: " + e.reason(), Optional.empty());
            case JobBudgetSet e ->
                ofJob(
                        e.job(),
                        "budget-set",
                        e.budget()
                                .map(budget -> "It may spend " + budget + ".")
                                .orElse("It has no budget of its own any more."),
                        Optional.empty());
            case JobFinished e -> finished(e);
            case JobArchived ignored -> Optional.empty();
            case ArchivedForgotten ignored -> Optional.empty();
        };
    }

    /** The reason is that of a shard, which has told it; where all went well nothing else is to be said. */
    private static Optional<Told> finished(JobFinished e) {
        String how = "The job %s.".formatted(e.state().name().toLowerCase(Locale.ROOT));
        return ofJob(
                e.job(),
                "finished",
                e.state() == JobState.SUCCEEDED ? how : how + " " + e.reason().text(),
                Optional.of(e.reason()));
    }

    private static Optional<Told> shard(OfShard event) {
        return switch (event) {
            case ShardTargeted e ->
                ofShard(e.shard(), "targeted", "A slot on %s is kept for it.".formatted(e.node()), e.reason());
            case TargetDropped e -> ofShard(e.shard(), "target-dropped", "Its slot is not kept any more.", e.reason());
            case ShardGranted e -> granted(e);
            case ShardStarted e ->
                ofShard(e.lease().shard(), "started", "Generation " + e.lease().generation() + " trains.");
            case ShardCaughtUp e ->
                ofShard(
                        e.lease().shard(),
                        "caught-up",
                        "Generation %d has made again what was lost, up to step %d."
                                .formatted(e.lease().generation(), e.step()));
            case ShardPreempted e ->
                ofShard(
                        e.lease().shard(),
                        "preempted",
                        "Generation %d is to save and leave its node."
                                .formatted(e.lease().generation()),
                        e.reason());
            case ShardDetached e ->
                ofShard(
                        e.lease().shard(),
                        "detached",
                        "Generation %d has left its node after step %d."
                                .formatted(e.lease().generation(), e.lastStep()),
                        e.reason());
            case ShardAdopted e ->
                ofShard(
                        e.lease().shard(),
                        "adopted",
                        "%s came back still running generation %d: it goes on there."
                                .formatted(e.node(), e.lease().generation()));
            case CheckpointRejected e -> rejected(e);
            case ShardFailed e ->
                ofShard(
                        e.lease().shard(),
                        "failed",
                        "The program failed after step %d%s."
                                .formatted(e.lastStep(), e.isFinal() ? ", for the last time" : ""),
                        e.reason());
            case ShardSucceeded e ->
                ofShard(
                        e.lease().shard(),
                        "succeeded",
                        "Generation %d is done.".formatted(e.lease().generation()),
                        e.reason());
        };
    }

    private static Optional<Told> granted(ShardGranted e) {
        return ofShard(
                e.lease().shard(),
                "granted",
                "Generation %d goes to %s, %s."
                        .formatted(
                                e.lease().generation(),
                                e.node(),
                                e.resumeFrom()
                                        .map(from -> "after step " + from.step() + " of generation "
                                                + from.lease().generation())
                                        .orElse("from the beginning")),
                e.reason());
    }

    private static Optional<Told> rejected(CheckpointRejected e) {
        return ofShard(
                e.lease().shard(),
                "checkpoint-rejected",
                "The checkpoint after step %d of generation %d is not valid and never counts again."
                        .formatted(e.checkpoint().step(), e.checkpoint().lease().generation()),
                e.reason());
    }

    private static Optional<Told> ofJob(JobId job, String kind, String text, Optional<Reason> reason) {
        return Optional.of(new Told(job, OptionalInt.empty(), kind, text, reason));
    }

    private static Optional<Told> ofShard(ShardId shard, String kind, String text) {
        return Optional.of(new Told(shard.job(), OptionalInt.of(shard.index()), kind, text, Optional.empty()));
    }

    private static Optional<Told> ofShard(ShardId shard, String kind, String text, Reason reason) {
        return Optional.of(new Told(
                shard.job(), OptionalInt.of(shard.index()), kind, text + " " + reason.text(), Optional.of(reason)));
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private record Told(JobId job, OptionalInt shard, String kind, String text, Optional<Reason> reason) {
        JobEvent at(PoolEvent event, long sequence) {
            return new JobEvent(job, sequence, event.at(), shard, kind, text, reason);
        }
    }
}
