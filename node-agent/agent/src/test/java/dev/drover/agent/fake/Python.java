package dev.drover.agent.fake;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The system's Python, for programs in another language. The build needs none: without it a test is left out, and says so. */
public final class Python {
    private static final Path SYSTEM = Path.of("/usr/bin/python3");

    private Python() {}

    /** Its path; where there is none, ends {@code test} with a printed reason. */
    public static String orLeaveOut(String test) {
        if (!Files.isExecutable(SYSTEM)) {
            String reason = test + " is left out: there is no " + SYSTEM;
            System.out.println(reason);
            Assumptions.abort(reason);
        }
        return SYSTEM.toString();
    }
}
