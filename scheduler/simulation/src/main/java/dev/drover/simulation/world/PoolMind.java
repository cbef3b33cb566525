package dev.drover.simulation.world;

import dev.drover.planning.Decision;
import dev.drover.planning.Intent;
import dev.drover.planning.PoolDecider;
import dev.drover.planning.input.Input;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.PoolState;
import java.time.Instant;
import java.util.List;

/** What decides: production's {@link PoolDecider}, or in the tests of the checkers one that is broken on purpose. */
public interface PoolMind {
    Observations observe(Observations seen, PoolState state, Input input, Instant now);

    Decision decide(PoolState state, Observations seen, Input input, Instant now);

    List<Intent> outstanding(PoolState state, Observations seen, Instant now);

    static PoolMind of(PoolDecider decider) {
        return new PoolMind() {
            @Override
            public Observations observe(Observations seen, PoolState state, Input input, Instant now) {
                return decider.observe(seen, state, input, now);
            }

            @Override
            public Decision decide(PoolState state, Observations seen, Input input, Instant now) {
                return decider.decide(state, seen, input, now);
            }

            @Override
            public List<Intent> outstanding(PoolState state, Observations seen, Instant now) {
                return decider.outstanding(state, seen, now);
            }
        };
    }
}
