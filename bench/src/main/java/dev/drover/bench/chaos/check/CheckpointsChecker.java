package dev.drover.bench.chaos.check;

import dev.drover.planning.event.PoolEvent.CheckpointRejected;
import java.util.ArrayList;
import java.util.List;

/** Every checkpoint in the store is what its manifest says, unless a fault damaged it; and the pool gives up none that is. */
final class CheckpointsChecker implements Checker {
    private static final String PROMISE = "checkpoints";

    @Override
    public List<Violation> check(Story story) {
        List<Violation> found = new ArrayList<>();
        for (Story.StoredCheckpoint stored : story.checkpoints()) {
            if (stored.problem().isPresent() && !story.isDamaged(stored.ref()::equals)) {
                found.add(new Violation(
                        PROMISE,
                        story.endedAt(),
                        stored.ref() + " is damaged, by no fault: "
                                + stored.problem().get()));
            }
        }
        for (CheckpointRejected rejected : story.events(CheckpointRejected.class)) {
            if (!story.isDamaged(rejected.checkpoint()::equals)) {
                found.add(new Violation(
                        PROMISE,
                        rejected.at(),
                        rejected.checkpoint() + " was given up and no fault damaged it: "
                                + rejected.reason().text()));
            }
        }
        return found;
    }
}
