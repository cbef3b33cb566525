package dev.drover.agent.shard;

import dev.drover.protocol.shard.StepRecord;
import java.util.ArrayDeque;
import java.util.List;

/** The step records that no published checkpoint holds yet. Complete: thinning is for the live stream only. */
final class StepJournal {
    private final ArrayDeque<StepRecord> records = new ArrayDeque<>();

    void add(StepRecord record) {
        records.add(record);
    }

    /** All up to {@code step}, for the checkpoint at that step. */
    List<StepRecord> until(int step) {
        return records.stream().filter(record -> record.step() <= step).toList();
    }

    /** A checkpoint with all up to {@code step} exists. */
    void published(int step) {
        records.removeIf(record -> record.step() <= step);
    }
}
