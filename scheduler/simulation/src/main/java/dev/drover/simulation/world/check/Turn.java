package dev.drover.simulation.world.check;

import dev.drover.planning.Decision;
import dev.drover.planning.input.Input;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.PoolState;
import java.time.Instant;

/** One input and what was decided on it. {@code seen} already holds what the input showed. */
public record Turn(Instant at, Input input, PoolState before, Observations seen, Decision decision) {
    public PoolState after() {
        return decision.after();
    }
}
