package dev.drover.simulation.world.check;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What checkers complain of. Beyond {@link #MOST} it only counts: one cause has many effects. */
public final class Findings {
    /** The first ones tell most. */
    public static final int MOST = 20;

    private final List<Finding> found = new ArrayList<>();
    private int count;

    /** A promise that was broken, as seen at {@code at}. */
    public record Finding(String promise, Instant at, String what) {
        @Override
        public String toString() {
            return at + " " + promise + ": " + what;
        }
    }

    public void report(Checker by, Instant at, String what) {
        report(by.getClass().getSimpleName(), at, what);
    }

    public void report(String promise, Instant at, String what) {
        count++;
        if (found.size() < MOST) {
            found.add(new Finding(promise, at, what));
        }
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public int count() {
        return count;
    }

    /** The first ones, in order of time. */
    public List<Finding> first() {
        return List.copyOf(found);
    }
}
