package dev.drover.agent.shard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.agent.setup.TrainerCommand;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.Assignment;
import dev.drover.protocol.shard.ShardWire;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A program that speaks the shard protocol, and how to start it.
 *
 * @param threads compute threads; part of the result's identity
 */
public record Program(List<String> command, Map<String, String> environment, int threads) {
    private static final String THREADS = "DROVER_TRAINER_THREADS";

    public Program {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** The built-in trainer with as many threads as its environment says, or one. */
    public static Program trainer(TrainerCommand trainer) {
        int threads = Integer.parseInt(trainer.environment().getOrDefault(THREADS, "1"));
        return new Program(trainer.command(), trainer.environment(), threads);
    }

    /** The program of a task: its own, or the built-in trainer; with the threads that its spec asks for. */
    public static Program of(ShardTask task, TrainerCommand trainer) {
        Program builtIn = trainer(trainer);
        int threads = spec(task).path("threads").asInt(builtIn.threads);
        List<String> command = task.command();
        return command == null
                ? new Program(builtIn.command, builtIn.environment, threads)
                : new Program(command, Map.of(), threads);
    }

    /**
     * The task's spec as JSON.
     *
     * @throws IllegalArgumentException when it is none
     */
    private static JsonNode spec(ShardTask task) {
        try {
            return ShardWire.json().readTree(task.specJson());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("spec: is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * What a process is told to train.
     *
     * @throws IllegalArgumentException when the task's spec is no JSON
     */
    static Assignment assignment(Lease lease, ShardTask task, Path workDirectory) {
        return new Assignment(
                lease.shard().job().value(),
                lease.shard().index(),
                task.shards(),
                lease.generation(),
                workDirectory.toString(),
                task.checkpointEvery(),
                spec(task));
    }

    /** What the process finds in its environment, beside the agent's own and the socket. */
    Map<String, String> variables() {
        String count = Integer.toString(threads);
        var variables = new HashMap<>(environment);
        variables.put(THREADS, count);
        variables.put("OMP_NUM_THREADS", count);
        variables.put("OMP_WAIT_POLICY", "PASSIVE");
        return variables;
    }
}
