package dev.drover.simulation.world;

import dev.drover.planning.Decision;
import dev.drover.planning.Intent;
import dev.drover.planning.PoolDecider;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.input.Input;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.PoolState;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** The pool's decider, to be broken in one place. */
abstract class Mutant implements PoolMind {
    private final PoolDecider sound = new PoolDecider();

    @Override
    public Observations observe(Observations seen, PoolState state, Input input, Instant now) {
        return sound.observe(seen, state, input, now);
    }

    @Override
    public Decision decide(PoolState state, Observations seen, Input input, Instant now) {
        Decision decision = sound.decide(state, seen, input, now);
        List<PoolEvent> events = decision.events().stream()
                .flatMap(event -> event(event, state, input))
                .toList();
        return new Decision(events, intents(decision.intents(), now), decision.reply(), state.applyAll(events));
    }

    @Override
    public List<Intent> outstanding(PoolState state, Observations seen, Instant now) {
        return intents(sound.outstanding(state, seen, now), now);
    }

    private List<Intent> intents(List<Intent> intents, Instant now) {
        return intents.stream().flatMap(intent -> intent(intent, now)).toList();
    }

    /** What is persisted in place of {@code event}. */
    Stream<PoolEvent> event(PoolEvent event, PoolState before, Input input) {
        return Stream.of(event);
    }

    /** What is handed out in place of {@code intent}. */
    Stream<Intent> intent(Intent intent, Instant now) {
        return Stream.of(intent);
    }
}
