package dev.drover.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;

/**
 * Reads a stream that may break off: opens it again, on another server where there is one, until it has told all, can't be opened for
 * {@link Patience#LIMIT}, or breaks off again and again with nothing new.
 */
final class Reopening {
    private static final int ATTEMPTS = 30;
    private static final Duration BETWEEN = Duration.ofMillis(500);

    private Reopening() {}

    /**
     * Blocks until the reading is done.
     *
     * @param job whose stream it is
     * @param err where people are told that it broke off
     */
    static void read(String job, PrintWriter err, Reading reading) {
        int failures = 0;
        while (true) {
            long before = reading.progress();
            try {
                if (reading.read()) {
                    return;
                }
            } catch (CliException e) {
                throw e.exitCode() == ExitCodes.UNREACHABLE ? lost(job, e) : e;
            } catch (IOException e) {
                failures = reading.progress() == before ? failures + 1 : 1;
                if (failures == 1) {
                    err.println("the stream of " + job + " broke off (" + e.getMessage() + "); opening it again");
                    err.flush();
                }
                if (failures >= ATTEMPTS) {
                    throw lost(job, e);
                }
            }
            Patience.sleep(BETWEEN);
        }
    }

    private static CliException lost(String job, Exception e) {
        return new CliException(
                ExitCodes.UNREACHABLE, "lost sight of " + job + ", which may well go on: " + e.getMessage(), e);
    }

    /** What is read. */
    interface Reading {
        /** Opens the stream, reads it to its end, and says whether that was all. */
        boolean read() throws IOException;

        /** Grows when there was something new. */
        long progress();
    }
}
