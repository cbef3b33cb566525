package dev.drover.dist.trial;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Patience that ends: for loops that look again until something holds. */
public final class Deadline {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final Duration patience;
    private final long end;

    private Deadline(Duration patience, long end) {
        this.patience = patience;
        this.end = end;
    }

    public static Deadline in(Duration patience) {
        return new Deadline(patience, System.nanoTime() + patience.toNanos());
    }

    /**
     * Waits a moment before the next look.
     *
     * @param missing what did not come about, said when the patience is at its end
     */
    public void pause(Supplier<String> missing) throws InterruptedException, TimeoutException {
        if (System.nanoTime() - end > 0) {
            throw new TimeoutException(missing.get() + " (after " + patience.toSeconds() + " s)");
        }
        Thread.sleep(LOOK_AGAIN);
    }
}
