package dev.drover.simulation.trace;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the real traces are, beside the checkout or where {@code -Ddrover.shared} says. */
final class Traces {
    private Traces() {}

    /** The directory of the traces; leaves the test out, aloud, where there are none. */
    static Path directory() {
        Path traces = Path.of(System.getProperty("drover.shared", "../../../shared"), "traces");
        if (!Files.isDirectory(traces)) {
            String why = "left out: there are no traces in "
                    + traces.toAbsolutePath().normalize();
            System.err.println(why);
            abort(why);
        }
        return traces;
    }
}
