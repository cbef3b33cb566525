/**
 * The heart: a pool's decisions as pure functions. No Pekko, no clock, no randomness, no I/O; an ArchUnit wall keeps it so.
 *
 * <p>{@link dev.drover.planning.PoolDecider} turns state, observations and an input into events, intents and a reply.
 */
@NullMarked
package dev.drover.planning;

import org.jspecify.annotations.NullMarked;
