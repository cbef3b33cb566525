package dev.drover.cloud.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What runs on an instance.
 *
 * @param command the agent's program and its arguments
 * @param environment added to that of the cloud
 */
public record Image(List<String> command, Map<String, String> environment) {
    public Image {
        if (command.isEmpty()) {
            throw new IllegalArgumentException(
                    "image: command: none given; name the agent's program and its arguments");
        }
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /**
     * Reads the JSON file {@code {"command": [...], "environment": {...}}}.
     *
     * @throws IllegalArgumentException naming the file and the field
     */
    public static Image read(Path file) throws IOException {
        try {
            return JsonBody.read(Files.readAllBytes(file), Image.class);
        } catch (Problem e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /** Writes what {@link #read} reads. */
    public void write(Path file) throws IOException {
        try {
            DurableFile.replace(file, DroverJson.mapper().writeValueAsBytes(this));
        } catch (JsonProcessingException e) {
            throw new IOException("could not write image " + file, e);
        }
    }
}
