package dev.drover.planning.state;

import dev.drover.protocol.api.Reason;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.ShardState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One shard.
 *
 * @param generation of the last grant, 0 before the first
 * @param node where it runs, or is placed
 * @param target where its next generation is to run: a slot is kept there
 * @param because what the last change was about
 * @param failures of the program itself
 * @param since when {@code because} became true
 * @param rejected checkpoints that turned out not to be valid
 */
public record Shard(
        ShardId id,
        ShardState state,
        int generation,
        Optional<NodeId> node,
        Optional<NodeId> target,
        Optional<Reason> because,
        Instant since,
        int failures,
        List<Attempt> attempts,
        List<CheckpointRef> rejected) {
    public Shard {
        attempts = List.copyOf(attempts);
        rejected = List.copyOf(rejected);
    }

    public static Shard queued(ShardId id, Instant at) {
        return new Shard(
                id,
                ShardState.QUEUED,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                at,
                0,
                List.of(),
                List.of());
    }

    /** The current grant, if the shard has one. */
    public Optional<Lease> lease() {
        return node.map(placed -> new Lease(id, generation));
    }

    /** The grant that comes next. */
    public Lease nextLease() {
        return new Lease(id, generation + 1);
    }

    public boolean isLive() {
        return !state.isFinal();
    }

    public Optional<Attempt> lastAttempt() {
        return attempts.isEmpty() ? Optional.empty() : Optional.of(attempts.getLast());
    }

    /** The last step that was seen under any earlier lease than the last. */
    public int highestStepBefore() {
        int highest = 0;
        for (int i = 0; i < attempts.size() - 1; i++) {
            highest = Math.max(highest, attempts.get(i).lastStep());
        }
        return highest;
    }

    /** Whether the last lease has yet to make again what an earlier one had made. */
    public boolean isRedoing() {
        return lastAttempt()
                .filter(attempt -> attempt.lastStep() < highestStepBefore())
                .isPresent();
    }

    /** Why the shard is to be placed: what ended the last attempt, whatever came between; nothing before the first. */
    public Optional<Reason> cause() {
        return lastAttempt().flatMap(Attempt::endedBecause);
    }

    /** Live, and neither on a node nor promised one. */
    public boolean needsNode() {
        return isLive() && node.isEmpty() && target.isEmpty();
    }

    /** Promised a node, or placed on one and not yet started, or told to leave: something about it may be due. */
    public boolean isUnsettled() {
        return target.isPresent() || state == ShardState.PLACED || isYielding();
    }

    /** Told to leave its slot to a better job, with nowhere to go so far. */
    public boolean isYielding() {
        return state == ShardState.HANDING_OFF && target.isEmpty();
    }

    /**
     * Whether a published checkpoint counts: its generation is known, it was not rejected, and no later grant had already
     * continued from before it. So what a zombie publishes late never counts.
     */
    public boolean counts(CheckpointRef checkpoint) {
        int from = checkpoint.lease().generation();
        return from <= generation
                && !rejected.contains(checkpoint)
                && attempts.stream()
                        .filter(attempt -> attempt.generation() > from)
                        .allMatch(attempt -> checkpoint.step() <= attempt.resumeStep());
    }

    /** The newest of {@code published} that counts. */
    public Optional<CheckpointRef> resumePoint(List<CheckpointRef> published) {
        return published.stream()
                .filter(this::counts)
                .max(Comparator.comparingInt(CheckpointRef::step)
                        .thenComparingInt(ref -> ref.lease().generation()));
    }

    /**
     * What is missed in an answer of the store: it shows nothing at all of a shard that has continued from it before. Such an
     * answer is not believed, since starting again from nothing can't be undone.
     */
    public Optional<String> missedIn(List<CheckpointRef> published, List<String> passedOver) {
        return published.isEmpty() && passedOver.isEmpty()
                ? attempts.stream()
                        .filter(attempt -> attempt.resumeFrom()
                                .filter(ref -> !rejected.contains(ref))
                                .isPresent())
                        .reduce((earlier, later) -> later)
                        .map(attempt ->
                                "the store shows no checkpoint of %s, though generation %d continued from step %d"
                                        .formatted(id, attempt.generation(), attempt.resumeStep()))
                : Optional.empty();
    }

    // Folds; package-private, for PoolState only.

    Shard in(ShardState newState, Reason reason, Instant at) {
        return new Shard(id, newState, generation, node, target, Optional.of(reason), at, failures, attempts, rejected);
    }

    Shard targeting(Optional<NodeId> newTarget) {
        return new Shard(id, state, generation, node, newTarget, because, since, failures, attempts, rejected);
    }

    Shard on(Optional<NodeId> newNode) {
        return new Shard(id, state, generation, newNode, target, because, since, failures, attempts, rejected);
    }

    Shard granted(Attempt attempt) {
        List<Attempt> all = new ArrayList<>(attempts);
        all.add(attempt);
        return new Shard(
                id,
                ShardState.PLACED,
                attempt.generation(),
                Optional.of(attempt.node()),
                Optional.empty(),
                Optional.of(attempt.grantedBecause()),
                attempt.grantedAt(),
                failures,
                all,
                rejected);
    }

    Shard reached(int step) {
        List<Attempt> all = new ArrayList<>(attempts);
        all.set(all.size() - 1, all.getLast().reached(step));
        return new Shard(id, state, generation, node, target, because, since, failures, all, rejected);
    }

    /** Ends the current attempt, if it is still open. */
    Shard attemptEnded(Instant at, Reason reason, int lastStep) {
        if (attempts.isEmpty() || attempts.getLast().endedAt().isPresent()) {
            return this;
        }
        List<Attempt> all = new ArrayList<>(attempts);
        all.set(all.size() - 1, all.getLast().ended(at, reason, lastStep));
        return new Shard(id, state, generation, node, target, because, since, failures, all, rejected);
    }

    /** Back on the node of the last attempt, as if it had never left. */
    Shard adopted(NodeId returned, Instant at) {
        List<Attempt> all = new ArrayList<>(attempts);
        all.set(all.size() - 1, all.getLast().reopened());
        return new Shard(
                id,
                ShardState.RUNNING,
                generation,
                Optional.of(returned),
                Optional.empty(),
                Optional.of(all.getLast().grantedBecause()),
                at,
                failures,
                all,
                rejected);
    }

    Shard failedOnce() {
        return new Shard(id, state, generation, node, target, because, since, failures + 1, attempts, rejected);
    }

    Shard rejecting(CheckpointRef checkpoint) {
        List<CheckpointRef> all = new ArrayList<>(rejected);
        all.add(checkpoint);
        return new Shard(id, state, generation, node, target, because, since, failures, attempts, all);
    }
}
