package dev.drover.planning;

import dev.drover.planning.input.Input;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.PoolState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Folds inputs into decisions. Pure. */
public final class PoolDecider {
    /** What the caller remembers next: the decision, and the observations after the input. */
    public Observations observe(Observations seen, PoolState state, Input input, Instant now) {
        return seen;
    }

    /** Decides on one input. {@code seen} already holds what the input showed. */
    public Decision decide(PoolState state, Observations seen, Input input, Instant now) {
        return new Decision(List.of(), List.of(), Optional.empty());
    }

    /** Everything that should be under way, from state and observations alone. */
    public List<Intent> outstanding(PoolState state, Observations seen, Instant now) {
        return List.of();
    }
}
