package dev.drover.persistence.read;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;

/** Steps from {@code first} to {@code last}, both of them in it. However wide, it takes no room. */
public record StepRange(int first, int last) {
    /** What is left of it without {@code steps}, in order. */
    public List<StepRange> without(NavigableSet<Integer> steps) {
        List<StepRange> left = new ArrayList<>();
        int from = first;
        for (int step : steps.subSet(first, true, last, true)) {
            if (from < step) {
                left.add(new StepRange(from, step - 1));
            }
            if (step == last) {
                return left;
            }
            from = step + 1;
        }
        left.add(new StepRange(from, last));
        return left;
    }

    @Override
    public String toString() {
        return first == last ? String.valueOf(first) : first + "-" + last;
    }
}
