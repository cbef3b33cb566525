package dev.drover.bench.chaos.check;

import dev.drover.bench.chaos.history.Entry.Unhealed;
import java.util.List;

/** What was healed works again: every scheduler answers, and the pool ends its nodes when it is told to. */
final class HealedChecker implements Checker {
    @Override
    public List<Violation> check(Story story) {
        return story.of(Unhealed.class).stream()
                .map(unhealed -> new Violation("healed", unhealed.at(), unhealed.what()))
                .toList();
    }
}
