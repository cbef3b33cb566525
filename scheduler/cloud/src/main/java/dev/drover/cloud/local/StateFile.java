package dev.drover.cloud.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The cloud's memory on disk: replaced whole, so that a kill at any moment loses nothing that was answered. */
final class StateFile {
    private final Path file;

    StateFile(Path directory) {
        this.file = directory.resolve("state.json");
    }

    Optional<CloudState> load() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(DroverJson.mapper().readValue(Files.readAllBytes(file), CloudState.class));
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "the local cloud's memory " + file + " can't be read: " + Problem.explain(e)
                            + "; it was written by another version: end its instances and remove the directory",
                    e);
        }
    }

    void save(CloudState state) throws IOException {
        DurableFile.replace(file, DroverJson.mapper().writeValueAsBytes(state));
    }
}
