package dev.drover.bench.chaos.check;

import dev.drover.bench.chaos.history.Entry;
import dev.drover.bench.chaos.history.Entry.Acknowledged;
import dev.drover.bench.chaos.history.Entry.FaultBegan;
import dev.drover.bench.chaos.history.Entry.FaultHealed;
import dev.drover.bench.chaos.history.Fault;
import dev.drover.dist.demo.TelemetryPoint;
import dev.drover.planning.event.PoolEvent;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * All that is known of a campaign when it is over.
 *
 * @param history what was done and seen from outside, in order
 * @param journal what the pool decided, in order
 * @param instances what the cloud says that it ran
 * @param checkpoints what is in the store, each with what is wrong with it
 * @param losses every step record of each job, as the API tells them
 * @param undisturbed the step records of each spec when nothing happened to it
 * @param left processes, hosts and ports that are still there, in words
 */
public record Story(
        List<Entry> history,
        List<PoolEvent> journal,
        List<InstanceLife> instances,
        List<StoredCheckpoint> checkpoints,
        Map<JobId, List<TelemetryPoint>> losses,
        Map<String, List<TelemetryPoint>> undisturbed,
        List<String> left) {
    public Story {
        history = List.copyOf(history);
        journal = List.copyOf(journal);
        instances = List.copyOf(instances);
        checkpoints = List.copyOf(checkpoints);
        losses = Map.copyOf(losses);
        undisturbed = Map.copyOf(undisturbed);
        left = List.copyOf(left);
    }

    /** With what was still there when all was ended. */
    public Story withLeft(List<String> found) {
        return new Story(history, journal, instances, checkpoints, losses, undisturbed, found);
    }

    /** An instance, from the answer to its launch to its end; empty while it runs. */
    public record InstanceLife(NodeId node, String instanceId, Instant launchedAt, Optional<Instant> endedAt) {}

    /** A published checkpoint, and what is wrong with it, in words. */
    public record StoredCheckpoint(CheckpointRef ref, Optional<String> problem) {}

    /** A fault that was done; {@code to} is the end of the story where it was not healed. */
    public record Occurrence(FaultBegan began, Instant to) {
        public Fault fault() {
            return began.fault();
        }

        /** Whether any of it lies between the two. */
        boolean overlaps(Instant from, Instant until) {
            return !began.at().isAfter(until) && !to.isBefore(from);
        }

        @Override
        public String toString() {
            return "#%d %s %s (%s to %s)".formatted(began.number(), began.fault(), began.target(), began.at(), to);
        }
    }

    public List<Acknowledged> acknowledged() {
        return of(Acknowledged.class);
    }

    /** How many generations were granted. */
    public long grants() {
        return events(PoolEvent.ShardGranted.class).size();
    }

    <T> List<T> of(Class<T> kind) {
        return history.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <T> List<T> events(Class<T> kind) {
        return journal.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    public List<Occurrence> faults() {
        List<FaultHealed> healed = of(FaultHealed.class);
        return of(FaultBegan.class).stream()
                .map(began -> new Occurrence(
                        began,
                        healed.stream()
                                .filter(end -> end.number() == began.number())
                                .map(FaultHealed::at)
                                .findFirst()
                                .orElseGet(() -> cutShort(began))))
                .toList();
    }

    /** When a fault ended that was not healed: with all else, when the campaign was interrupted. */
    private Instant cutShort(FaultBegan began) {
        return of(Entry.Interrupted.class).stream()
                .map(Entry::at)
                .filter(at -> !at.isBefore(began.at()))
                .findFirst()
                .orElseGet(this::endedAt);
    }

    /** Faults of that node that lie between the two. */
    List<Occurrence> faultsOn(NodeId node, Instant from, Instant until) {
        return faults(fault -> fault.began().nodes().contains(node), from, until);
    }

    List<Occurrence> faults(Predicate<Occurrence> which, Instant from, Instant until) {
        return faults().stream()
                .filter(which)
                .filter(fault -> fault.overlaps(from, until))
                .toList();
    }

    /** When the last line was written. */
    public Instant endedAt() {
        return history.isEmpty() ? Instant.MIN : history.getLast().at();
    }

    /** Whether the campaign was interrupted, with all that ran, between the two. */
    boolean interrupted(Instant from, Instant until) {
        List<Entry> around = history.stream()
                .filter(entry -> entry instanceof Entry.Interrupted || entry instanceof Entry.Began)
                .toList();
        Duration slack = Duration.ofSeconds(30);
        return around.stream()
                .skip(1)
                .anyMatch(entry ->
                        !entry.at().isBefore(from.minus(slack)) && !entry.at().isAfter(until.plus(slack)));
    }

    /** Whose checkpoints a fault damaged. */
    boolean isDamaged(Predicate<CheckpointRef> which) {
        return of(FaultBegan.class).stream()
                .flatMap(began -> began.damaged().stream())
                .anyMatch(which);
    }
}
