package dev.drover.control;

import dev.drover.persistence.read.ReadModel;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.shard.StepRecord;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a job's step records, of those that count: the read model knows who held what, also right after a restart. Blocking.
 */
record StepExecutor(JobId job, ReadModel readModel, StepBackfill backfill) {
    /** Whose records of what. */
    record Source(NodeId from, Lease lease) {}

    /** Records of one source; {@code looks} is how often its lease was looked for in vain. */
    record Held(List<StepRecord> steps, int looks) {}

    /** Whose word a checkpoint of the lease is; absent where the pool itself relies on it. */
    record Claim(Optional<NodeId> saidBy, Lease lease) {}

    /**
     * What was not written.
     *
     * @param ofUnknown their grant is not in the read model, perhaps not yet
     * @param ofStrangers how many came from nodes that may not tell them
     */
    record Left(Map<Source, Held> ofUnknown, Map<Source, Integer> ofStrangers) {}

    Left write(Map<Source, Held> batch) {
        StepHolders holders = holders();
        Left left = new Left(new LinkedHashMap<>(), new LinkedHashMap<>());
        batch.forEach((source, held) -> {
            if (!holders.knows(source.lease())) {
                left.ofUnknown().put(source, held);
                return;
            }
            int last = holders.lastStep(source.from(), source.lease());
            List<StepRecord> counting =
                    held.steps().stream().filter(step -> step.step() <= last).toList();
            if (counting.size() < held.steps().size()) {
                left.ofStrangers().put(source, held.steps().size() - counting.size());
            }
            readModel.appendSteps(source.lease(), counting);
        });
        return left;
    }

    /** Completes each lease from {@code from} on, and says up to where. What an agent says of another's lease is passed over. */
    Map<Lease, Integer> fill(Map<Lease, Integer> from, Map<Claim, Integer> upTo) throws IOException {
        StepHolders holders = holders();
        Map<Lease, Integer> done = new HashMap<>();
        for (Map.Entry<Claim, Integer> entry : upTo.entrySet()) {
            Lease lease = entry.getKey().lease();
            boolean counts = entry.getKey()
                    .saidBy()
                    .map(node -> holders.lastStep(node, lease) > 0)
                    .orElse(true);
            if (counts) {
                int filled = backfill.fill(lease, from.getOrDefault(lease, 0), entry.getValue());
                done.merge(lease, filled, Math::max);
            }
        }
        return done;
    }

    private StepHolders holders() {
        return new StepHolders(readModel.holders(job));
    }
}
