/**
 * The actors: shells around the planning code, and the executors that do what it intends.
 *
 * <p>{@link dev.drover.control.Scheduler} wires them. What an actor decides by itself here is only when, never what.
 */
@NullMarked
package dev.drover.control;

import org.jspecify.annotations.NullMarked;
