package dev.drover.planning;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.planning.policy.Ladder;
import dev.drover.planning.state.Job;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.ProgramSpec;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.TrainSpec;
import java.util.List;
import java.util.OptionalInt;

/** Turns a job's spec into what an agent needs. */
final class Tasks {
    private Tasks() {}

    /** The task on a node with this accelerator. */
    static ShardTask of(Job job, String accelerator) {
        JobSpec spec = job.spec();
        return switch (spec.program()) {
            case ProgramSpec.Trainer(TrainSpec train) ->
                new ShardTask(
                        spec.shards(),
                        spec.checkpoint().every(),
                        spec.checkpoint().keep(),
                        null,
                        ShardWire.json()
                                .valueToTree(sized(train, Ladder.microBatchOn(spec, accelerator)))
                                .toString());
            case ProgramSpec.Command(List<String> command, JsonNode program) ->
                new ShardTask(
                        spec.shards(),
                        spec.checkpoint().every(),
                        spec.checkpoint().keep(),
                        command,
                        program.toString());
        };
    }

    /** The global batch stays what it was: the spec's reader saw to it that the rows divide it. */
    private static TrainSpec sized(TrainSpec train, OptionalInt microBatch) {
        if (microBatch.isEmpty()) {
            return train;
        }
        int rows = microBatch.getAsInt();
        return new TrainSpec(
                train.model(),
                train.data(),
                train.optimizer(),
                train.steps(),
                rows,
                train.microBatch() * train.accumulation() / rows,
                train.evalEvery(),
                train.evalBatches(),
                train.dropout(),
                train.seed(),
                train.threads());
    }
}
