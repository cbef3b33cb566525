package dev.drover.bench.chaos.check;

import dev.drover.bench.chaos.history.Entry.FaultSkipped;
import java.util.List;

/** A campaign whose faults hit nothing proves nothing: of every ten, nine must. */
final class FaultsHitChecker implements Checker {
    private static final int OF_THEM_ONE_MAY_MISS = 10;

    @Override
    public List<Violation> check(Story story) {
        List<FaultSkipped> missed = story.of(FaultSkipped.class);
        int planned = missed.size() + story.faults().size();
        if (missed.size() * OF_THEM_ONE_MAY_MISS <= planned) {
            return List.of();
        }
        FaultSkipped last = missed.getLast();
        return List.of(new Violation(
                "faults hit",
                last.at(),
                "%d of %d faults hit nothing; the last, #%d: %s"
                        .formatted(missed.size(), planned, last.number(), last.why())));
    }
}
