package dev.drover.cloud.local;

import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Where a local cloud listens, and the token that its API asks for. Kept in {@code endpoint.json}, readable by the owner only. */
record Endpoint(String url, String token, long pid) {
    private static final String FILE = "endpoint.json";

    /** Empty if no cloud ever listened in the directory, or the last one was stopped. */
    static Optional<Endpoint> read(Path directory) throws IOException {
        try {
            return Optional.of(JsonBody.read(Files.readAllBytes(directory.resolve(FILE)), Endpoint.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (Problem e) {
            throw new IOException(directory.resolve(FILE) + ": " + e.detail(), e);
        }
    }

    void write(Path directory) throws IOException {
        DurableFile.replace(directory.resolve(FILE), DroverJson.mapper().writeValueAsBytes(this));
    }

    static void remove(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(FILE));
    }

    /** Without the token. */
    @Override
    public String toString() {
        return url + " (pid " + pid + ")";
    }
}
