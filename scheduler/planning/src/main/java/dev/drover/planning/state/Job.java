package dev.drover.planning.state;

import dev.drover.protocol.api.Reason;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.money.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * One live job.
 *
 * @param finished how it ended; it then waits for its archiving
 */
public record Job(
        JobId id,
        JobSpec spec,
        String owner,
        Instant submittedAt,
        List<Shard> shards,
        Ledger ledger,
        Optional<JobState> finished,
        Optional<Reason> because,
        Optional<Instant> finishedAt) {
    public Job {
        shards = List.copyOf(shards);
    }

    static Job submitted(JobId id, JobSpec spec, String owner, Instant at) {
        List<Shard> shards = IntStream.range(0, spec.shards())
                .mapToObj(index -> Shard.queued(new ShardId(id, index), at))
                .toList();
        return new Job(id, spec, owner, at, shards, Ledger.EMPTY, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Where the job stands, from where its shards stand. */
    public JobState state() {
        if (finished.isPresent()) {
            return finished.get();
        }
        if (shards.stream().anyMatch(shard -> shard.node().isPresent())) {
            return JobState.RUNNING;
        }
        return shards.stream().anyMatch(shard -> shard.generation() > 0) ? JobState.WAITING : JobState.QUEUED;
    }

    public boolean isLive() {
        return finished.isEmpty();
    }

    /** How many shards find slots all at once or not at all for this one to find its own: those of a gang, the first time. */
    public int placedTogether(Shard shard) {
        return spec.scheduling().gang() && shard.generation() == 0 ? shards.size() : 1;
    }

    /** A gang that holds some of the slots it needs to start, but not all. */
    public boolean isIncompleteGang() {
        return shards.stream().anyMatch(shard -> shard.target().isPresent())
                && shards.stream().anyMatch(shard -> shard.needsNode() && placedTogether(shard) > 1);
    }

    Job withShard(int index, UnaryOperator<Shard> change) {
        List<Shard> all = new ArrayList<>(shards);
        all.set(index, change.apply(all.get(index)));
        return new Job(id, spec, owner, submittedAt, all, ledger, finished, because, finishedAt);
    }

    Job withLedger(Ledger newLedger) {
        return new Job(id, spec, owner, submittedAt, shards, newLedger, finished, because, finishedAt);
    }

    Job withBudget(Optional<Money> budget) {
        return new Job(id, spec.withBudget(budget), owner, submittedAt, shards, ledger, finished, because, finishedAt);
    }

    Job finishedAs(JobState state, Reason reason, Instant at) {
        return new Job(
                id, spec, owner, submittedAt, shards, ledger, Optional.of(state), Optional.of(reason), Optional.of(at));
    }
}
