package dev.drover.planning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.NodeBilled;
import dev.drover.planning.input.Input;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.id.ShardId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A pool under a script: its state and observations, a clock that stands until it is moved, and all that was decided. */
final class PoolScript {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final PoolDecider decider;
    private final List<PoolEvent> events = new ArrayList<>();
    private final Invariants invariants = new Invariants();
    private final AgendaCheck agenda;
    private PoolState state = PoolState.EMPTY;
    private Observations seen = Observations.startingAt(START);
    private Instant now = START;

    PoolScript(PoolDecider decider) {
        this.decider = decider;
        this.agenda = new AgendaCheck(decider);
    }

    PoolScript() {
        this(new PoolDecider());
    }

    /** Decides on the input as the pool's actor does, and checks what must hold after every step. */
    Decision when(Input input) {
        agenda.check(state, seen, input, now);
        seen = decider.observe(seen, state, input, now);
        Decision decision = decider.decide(state, seen, input, now);
        PoolState next = decision.after();
        assertThat(next).as("what the journal will give").isEqualTo(state.applyAll(decision.events()));
        invariants.check(state, next, decision, now);
        invariants.checkSame(decider.outstanding(next, seen, now), decider.outstanding(next, seen, now));
        state = next;
        events.addAll(decision.events());
        return decision;
    }

    PoolReply ask(PoolCommand command) {
        return when(new Input.Asked(command)).reply().orElseThrow();
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    /** The controller dies and recovers: state from the journal, nothing observed. */
    List<Intent> restart() {
        state = refolded();
        seen = Observations.startingAt(now);
        return decider.outstanding(state, seen, now);
    }

    PoolState refolded() {
        return PoolState.EMPTY.applyAll(events);
    }

    PoolState state() {
        return state;
    }

    Observations seen() {
        return seen;
    }

    Instant now() {
        return now;
    }

    Shard shard(ShardId id) {
        return state.shard(id).orElseThrow();
    }

    List<Intent> outstanding() {
        return decider.outstanding(state, seen, now);
    }

    <E extends PoolEvent> List<E> events(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** One line per event since {@code from}, but for bills: seconds since the start, what, and why. */
    String timeline(Instant from) {
        return events.stream()
                .filter(event -> !event.at().isBefore(from) && !(event instanceof NodeBilled))
                .map(event -> Duration.between(from, event.at()).toSeconds() + "s " + EventText.of(event) + "\n")
                .collect(Collectors.joining());
    }
}
