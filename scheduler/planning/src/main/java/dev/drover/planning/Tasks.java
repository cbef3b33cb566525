package dev.drover.planning;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.planning.state.Job;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.ProgramSpec;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.TrainSpec;
import java.util.List;

/** Turns a job's spec into what an agent needs. */
final class Tasks {
    private Tasks() {}

    static ShardTask of(Job job) {
        JobSpec spec = job.spec();
        return switch (spec.program()) {
            case ProgramSpec.Trainer(TrainSpec train) ->
                new ShardTask(
                        spec.shards(),
                        spec.checkpoint().every(),
                        spec.checkpoint().keep(),
                        null,
                        ShardWire.json().valueToTree(train).toString());
            case ProgramSpec.Command(List<String> command, JsonNode program) ->
                new ShardTask(
                        spec.shards(),
                        spec.checkpoint().every(),
                        spec.checkpoint().keep(),
                        command,
                        program.toString());
        };
    }
}
