package dev.drover.simulation.world;

import dev.drover.planning.Decision;
import dev.drover.planning.Intent;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.input.Input;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.simulation.world.check.Fact;
import dev.drover.simulation.world.check.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the pool's actors are in production: decides on each input, persists, then hands out the intents. It can crash, before or
 * after a write too, and comes back from its journal with no observations.
 */
final class Controller {
    private final Ground ground;
    private final PoolMind mind;
    private final Watch watch;
    private final Journal journal = new Journal();
    private final Consumer<Intent> executors;
    private final Runnable hangUp;
    private PoolState state = PoolState.EMPTY;
    private Observations seen;
    private Optional<Crash> pending = Optional.empty();
    private boolean up = true;
    private int life;

    /** When a crash hits a decision. */
    enum Crash {
        BEFORE_WRITE,
        AFTER_WRITE
    }

    /** {@code hangUp} breaks every agent's connection. */
    Controller(Ground ground, PoolMind mind, Watch watch, Consumer<Intent> executors, Runnable hangUp) {
        this.ground = ground;
        this.mind = mind;
        this.watch = watch;
        this.executors = executors;
        this.hangUp = hangUp;
        this.seen = Observations.startingAt(ground.time().now());
    }

    PoolState state() {
        return state;
    }

    boolean isUp() {
        return up;
    }

    /** Which of its lives it is in: what was begun in an earlier one has no one to report to. */
    int life() {
        return life;
    }

    void ask(PoolCommand command) {
        tell(new Input.Asked(command));
    }

    void tell(Input input) {
        if (up) {
            decide(input);
        }
    }

    /** Looks after itself from now on, until it crashes. */
    void tickOn() {
        Duration tick = ground.setting().tempo().tick();
        int now = life;
        ground.time().after(tick, () -> {
            if (up && life == now) {
                tell(new Input.Tick());
                tickOn();
            }
        });
    }

    private void decide(Input input) {
        Instant now = ground.time().now();
        Observations seenNow;
        Decision decision;
        try {
            seenNow = mind.observe(seen, state, input, now);
            decision = mind.decide(state, seenNow, input, now);
        } catch (RuntimeException e) {
            watch.failed(input, e);
            return;
        }
        Optional<Crash> crash = pending;
        if (crash.equals(Optional.of(Crash.BEFORE_WRITE))) {
            crash();
            return;
        }
        journal.persist(decision.events(), decision.after());
        Turn turn = new Turn(now, input, state, seenNow, decision);
        state = decision.after();
        seen = seenNow;
        watch.decided(turn);
        decision.events().stream()
                .filter(Controller::isForMoney)
                .forEach(stop -> ground.count("stopped for want of money"));
        if (crash.isPresent()) {
            crash();
            return;
        }
        decision.intents().forEach(executors);
    }

    private static boolean isForMoney(PoolEvent event) {
        return (event instanceof PoolEvent.ShardPreempted preempted
                        && preempted.reason().code() == Code.BUDGET)
                || (event instanceof PoolEvent.NodeDraining draining
                        && draining.reason().code() == Code.BUDGET);
    }

    /** Crashes at the next decision. */
    void crashAt(Crash moment) {
        if (up) {
            pending = Optional.of(moment);
        }
    }

    void crash() {
        if (up) {
            up = false;
            life++;
            pending = Optional.empty();
            ground.count("controller crashed");
            ground.tell(new Fact.ControllerCrashed());
            hangUp.run();
        }
    }

    void recover() {
        if (up) {
            return;
        }
        PoolState refolded = journal.refold();
        ground.tell(new Fact.ControllerRecovered(state, refolded));
        up = true;
        state = refolded;
        seen = Observations.startingAt(ground.time().now());
        List<Intent> due = mind.outstanding(state, seen, ground.time().now());
        due.forEach(executors);
        tickOn();
    }

    /** What the journal gives now. */
    PoolState refolded() {
        return journal.refold();
    }
}
