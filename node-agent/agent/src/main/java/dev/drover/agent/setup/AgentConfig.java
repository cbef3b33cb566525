package dev.drover.agent.setup;

import dev.drover.protocol.json.DurationText;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What the instance's environment says.
 *
 * @param metadata base address of the instance's metadata server
 * @param directory the agent's own; whatever is in it when the agent starts may be deleted
 * @param evictionPoll time between two looks for an eviction notice
 * @param sigtermGrace time from SIGTERM to the end of the process
 */
public record AgentConfig(
        URI metadata, Path directory, TrainerCommand trainer, Duration evictionPoll, Duration sigtermGrace) {
    /**
     * Reads the {@code DROVER_} variables.
     *
     * @throws IllegalArgumentException naming the variable, its value and what is allowed
     */
    public static AgentConfig of(Map<String, String> environment) throws IOException {
        return new AgentConfig(
                URI.create(required(environment, "DROVER_METADATA_URL", "the address of the metadata server")),
                Path.of(required(environment, "DROVER_INSTANCE_DIR", "a directory for the agent alone")),
                TrainerCommand.read(Path.of(
                        required(environment, "DROVER_TRAINER", "a JSON file that says how to start a trainer"))),
                duration(environment, "DROVER_EVICTION_POLL", Duration.ofSeconds(1)),
                duration(environment, "DROVER_SIGTERM_GRACE", Duration.ofSeconds(2)));
    }

    private static String required(Map<String, String> environment, String name, String what) {
        return Optional.ofNullable(environment.get(name))
                .filter(value -> !value.isBlank())
                .orElseThrow(() -> new IllegalArgumentException(name + ": is not set; give " + what));
    }

    private static Duration duration(Map<String, String> environment, String name, Duration otherwise) {
        String text = environment.get(name);
        try {
            return text == null ? otherwise : DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
    }
}
