package dev.drover.control;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/**
 * When a pool's snapshot is due, and which events it makes superfluous.
 *
 * <p>A snapshot costs in proportion to what the pool holds. So one is due after {@link #EVERY_EVENTS} events or half as many as there are
 * jobs, whichever is more: then writing them costs a bounded share of each event, and a recovery replays no more than it reads from the
 * snapshot. Two are kept, and the events since the one before them.
 */
final class Snapshots {
    static final int EVERY_EVENTS = 5_000;
    private static final int KEPT = 2;

    /** Sequence numbers, oldest first. */
    private final Deque<Long> kept = new ArrayDeque<>();

    private long lastBegun;
    private boolean beingWritten;

    /** The one that the pool came back from. */
    void found(long sequence) {
        kept.add(sequence);
        lastBegun = sequence;
    }

    /** Whether to begin one now; if so, the caller does. */
    boolean due(long sequence, int jobs) {
        long since = sequence - lastBegun;
        if (beingWritten || since < EVERY_EVENTS || 2 * since < jobs) {
            return false;
        }
        lastBegun = sequence;
        beingWritten = true;
        return true;
    }

    /** Up to which sequence number events and snapshots are needed no longer. */
    OptionalLong saved(long sequence) {
        beingWritten = false;
        kept.add(sequence);
        return kept.size() > KEPT ? OptionalLong.of(kept.remove()) : OptionalLong.empty();
    }

    void failed() {
        beingWritten = false;
    }
}
