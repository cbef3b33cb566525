package dev.drover.planning;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.NodeRequested;
import dev.drover.planning.input.Input;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A decision in the making: events so far, and the state they lead to. Lives within one call of the decider. */
final class Draft {
    private final Observations seen;
    private final Instant now;
    private final Agenda agenda;
    private final List<PoolEvent> events = new ArrayList<>();
    private final Accounts accounts;
    private PoolState state;
    private Optional<PoolState> outset = Optional.empty();

    Draft(PoolState state, Observations seen, Instant now, Agenda agenda) {
        this.state = state;
        this.seen = seen;
        this.now = now;
        this.agenda = agenda;
        this.accounts = new Accounts(state, seen, now);
    }

    /** Adds an event. Nodes on which it changes who pays, or for what, are booked first. */
    void add(PoolEvent event) {
        Billing.settle(this, event);
        events.add(event);
        PoolState before = state;
        state = before.apply(event);
        agenda.note(event, before, state);
        accounts.note(event, before, state);
    }

    /** A draft that goes on from here, to be thrown away or added. */
    Draft trial() {
        Draft trial = new Draft(state, seen, now, Agenda.of(new Input.Tick()));
        trial.outset = Optional.of(state);
        return trial;
    }

    /** Whether one of its events asks for a node. */
    boolean asksForNodes() {
        return events.stream().anyMatch(NodeRequested.class::isInstance);
    }

    /** Adds what was tried. */
    void add(Draft trial) {
        trial.events.forEach(this::add);
    }

    /** What was there before a trial began: what is placed together is bought together, and does not wait for its own launches. */
    PoolState outset() {
        return outset.orElse(state);
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

    /** What to look at; grows with the events. */
    Agenda agenda() {
        return agenda;
    }

    /** What everybody with a budget pays for, as of the events so far. */
    Accounts accounts() {
        return accounts;
    }

    List<PoolEvent> events() {
        return events;
    }

    /** The pool's spec; only called once the pool exists. */
    PoolSpec spec() {
        return state.spec().orElseThrow();
    }
}
