package dev.drover.agent.setup;

import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How to start the built-in trainer on this instance.
 *
 * @param environment added to the agent's own
 */
public record TrainerCommand(List<String> command, Map<String, String> environment) {
    public TrainerCommand {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** Reads the JSON file that {@code DROVER_TRAINER} names. */
    public static TrainerCommand read(Path file) throws IOException {
        try {
            return DroverJson.mapper().readValue(file.toFile(), TrainerCommand.class);
        } catch (IOException e) {
            throw new IOException(
                    "DROVER_TRAINER: can't read " + file
                            + "; it should hold {\"command\":[\"java\",...],\"environment\":{}}",
                    e);
        }
    }
}
