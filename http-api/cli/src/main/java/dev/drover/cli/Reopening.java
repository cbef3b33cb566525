package dev.drover.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;

/** Reads a stream that may break off: opens it again until it has told all, or can't be opened for long. */
final class Reopening {
    private static final int ATTEMPTS = 30;
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    private Reopening() {}

    /**
     * Blocks until the reading is done.
     *
     * @param job whose stream it is
     * @param err where people are told that the server is away
     */
    static void read(String job, PrintWriter err, Reading reading) {
        int failures = 0;
        while (true) {
            long before = reading.progress();
            try {
                if (reading.read()) {
                    return;
                }
            } catch (IOException | CliException e) {
                if (e instanceof CliException refused && refused.exitCode() == ExitCodes.BAD_INPUT) {
                    throw refused;
                }
                failures = reading.progress() == before ? failures + 1 : 1;
                if (failures == 1) {
                    err.println("the stream of " + job + " broke off (" + e.getMessage() + "); opening it again");
                    err.flush();
                }
                if (failures >= ATTEMPTS) {
                    throw new CliException(
                            ExitCodes.UNREACHABLE,
                            "lost sight of " + job + ", which may well go on: " + e.getMessage(),
                            e);
                }
            }
            Follower.pause(BETWEEN);
        }
    }

    /** What is read. */
    interface Reading {
        /** Opens the stream, reads it to its end, and says whether that was all. */
        boolean read() throws IOException;

        /** Grows when there was something new. */
        long progress();
    }
}
