package dev.drover.simulation.world;

import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;

/** The world's clock and all that is still to happen. Time stands while something happens, and then jumps to the next. */
final class VirtualTime {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final PriorityQueue<Due> queue = new PriorityQueue<>();
    private long millis;
    private long scheduled;
    private Instant now = START;

    /** Of two at the same moment the one scheduled first comes first: a seed means one order. */
    private record Due(long millis, long order, Runnable what) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(millis, other.millis);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    Instant now() {
        return now;
    }

    /** Milliseconds since the start. */
    long millis() {
        return millis;
    }

    void after(Duration wait, Runnable what) {
        afterMillis(wait.toMillis(), what);
    }

    void afterMillis(long wait, Runnable what) {
        queue.add(new Due(millis + Math.max(0, wait), scheduled++, what));
    }

    void at(Instant when, Runnable what) {
        after(Duration.between(now, when), what);
    }

    /** Lets the next thing happen, if there is one up to {@code limitMillis}; else time stands there. */
    boolean next(long limitMillis) {
        Due due = queue.peek();
        if (due == null || due.millis > limitMillis) {
            jump(Math.max(millis, limitMillis));
            return false;
        }
        queue.poll();
        jump(due.millis);
        due.what.run();
        return true;
    }

    private void jump(long to) {
        if (to != millis) {
            millis = to;
            now = START.plusMillis(to);
        }
    }
}
