package dev.drover.bench.chaos;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs tools of the system. */
final class Shell {
    private Shell() {}

    /**
     * Runs it and waits.
     *
     * @return what it printed
     * @throws IOException with what it printed, if it failed
     */
    static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException("'%s' ended with %d: %s".formatted(String.join(" ", command), code, printed));
        }
        return printed;
    }

    static String run(String... command) throws IOException, InterruptedException {
        return run(List.of(command));
    }

    /** Whether it could be run and ended well. */
    static boolean works(String... command) throws InterruptedException {
        try {
            run(command);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
