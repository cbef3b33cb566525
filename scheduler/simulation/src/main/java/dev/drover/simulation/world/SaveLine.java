package dev.drover.simulation.world;

import java.time.Duration;
import java.util.function.IntPredicate;

/**
 * A shard's saves on their way to the store, as the agent's queue has them: one under publication, at most one behind it, a
 * newer one supersedes. What failed is tried again, ever more slowly.
 */
final class SaveLine {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final int MAX_DOUBLINGS = 5;
    private static final int NONE = -1;

    private final VirtualTime time;
    private final Duration publish;
    private final IntPredicate store;
    private final Runnable settled;
    private int inFlight = NONE;
    private int waiting = NONE;
    private int failed = NONE;
    private int kept;
    private int since = NONE;
    private int waitingSince = NONE;
    private int failures;
    private boolean closed;

    /**
     * A line of a shard that continues from {@code kept}.
     *
     * @param store publishes a step, and says whether that worked
     * @param settled called after each attempt
     */
    SaveLine(VirtualTime time, Duration publish, int kept, IntPredicate store, Runnable settled) {
        this.time = time;
        this.publish = publish;
        this.kept = kept;
        this.store = store;
        this.settled = settled;
    }

    void save(int step) {
        since = since == NONE ? step : since;
        waitingSince = waiting == NONE ? step : waitingSince;
        waiting = step;
        failed = NONE;
        begin();
    }

    /** Tries what failed at once. */
    void retry() {
        if (!closed && failed != NONE) {
            waiting = waiting == NONE ? failed : waiting;
            failed = NONE;
            begin();
        }
    }

    /** Publishes nothing any more. */
    void close() {
        closed = true;
    }

    boolean isDrained() {
        return inFlight == NONE && waiting == NONE && failed == NONE;
    }

    boolean hasFailed() {
        return failed != NONE;
    }

    /** Attempts that failed in a row. */
    int failures() {
        return failures;
    }

    /** The newest step that has a checkpoint or is on its way to one. */
    int newest() {
        return Math.max(Math.max(kept, inFlight), Math.max(waiting, failed));
    }

    int published() {
        return kept;
    }

    /** The first save that is not published yet, or {@code step} where there is none. */
    int unpublishedSince(int step) {
        return since == NONE ? step : since;
    }

    private void begin() {
        if (inFlight == NONE && waiting != NONE) {
            inFlight = waiting;
            waiting = NONE;
            time.after(publish, this::end);
        }
    }

    private void end() {
        if (closed) {
            return;
        }
        int step = inFlight;
        inFlight = NONE;
        if (store.test(step)) {
            kept = step;
            failures = 0;
            since = waiting == NONE ? NONE : waitingSince;
        } else {
            failures++;
            if (waiting == NONE) {
                failed = step;
                time.after(FIRST_PAUSE.multipliedBy(1L << Math.min(MAX_DOUBLINGS, failures - 1)), this::retry);
            }
        }
        begin();
        settled.run();
    }
}
