package dev.drover.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Passes on text as it comes. */
final class Streaming {
    private Streaming() {}

    static void copy(InputStream from, PrintWriter to) {
        try {
            lines(from, line -> {
                to.println(line);
                to.flush();
            });
        } catch (IOException e) {
            throw new CliException(ExitCodes.UNREACHABLE, "the answer broke off: " + e.getMessage(), e);
        }
    }

    static void lines(InputStream from, Consumer<String> sink) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                sink.accept(line);
            }
        }
    }
}
