package dev.drover.simulation.world.check;

import dev.drover.planning.state.PoolState;
import java.time.Instant;

/**
 * One promise, held against all that is decided and all that happens. Called in the order of virtual time.
 *
 * <p>It judges by what happened in the world, not by what the pool believes. A checker that never complained has proven
 * nothing: each has a mutant in the tests that it must catch.
 */
public interface Checker {
    /** A decision became durable. */
    default void decided(Turn turn, Findings findings) {}

    /** Something happened outside of the pool, or to its controller. */
    default void happened(Instant at, Fact fact, Findings findings) {}

    /** The world is over: faults healed long ago, and nothing is left to do. */
    default void ended(Instant at, PoolState state, Findings findings) {}
}
