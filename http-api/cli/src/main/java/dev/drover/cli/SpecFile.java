package dev.drover.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.protocol.spec.SpecText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads specs from files. */
final class SpecFile {
    private SpecFile() {}

    /** The text of a file, or of standard input for {@code -}. */
    static String read(String file) {
        try {
            return file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new CliException(
                    ExitCodes.BAD_INPUT,
                    "can't read " + file + " (" + e.getClass().getSimpleName() + "); use a file of UTF-8 text",
                    e);
        }
    }

    /**
     * A job whose data paths are absolute: relative ones are looked for beside the file first, then where the command runs.
     */
    static ObjectNode job(String file) {
        ObjectNode job = SpecText.parse(read(file));
        if (job.path("train").path("data") instanceof ObjectNode data) {
            Path beside = file.equals("-")
                    ? Path.of("").toAbsolutePath()
                    : Path.of(file).toAbsolutePath().resolveSibling("");
            resolve(data, "path", beside);
            if (!data.path("tokenizer").asText().equalsIgnoreCase("bytes")) {
                resolve(data, "tokenizer", beside);
            }
        }
        return job;
    }

    private static void resolve(ObjectNode data, String field, Path beside) {
        String text = data.path(field).asText();
        // What can't be in any path is left for the reader of specs to refuse.
        if (data.path(field).isTextual() && !text.isBlank() && text.indexOf('\0') < 0) {
            Path path = Path.of(text);
            Path here = path.toAbsolutePath().normalize();
            Path found = beside.resolve(path).normalize();
            data.put(field, (Files.exists(found) || !Files.exists(here) ? found : here).toString());
        }
    }
}
