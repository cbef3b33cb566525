/**
 * A whole pool in virtual time: cloud, agents, network, store and controller out of one seed, around the very code that decides in production.
 *
 * <p>Randomness comes from the seed and time from the events; nothing here reads a clock to decide.
 */
@NullMarked
package dev.drover.simulation.world;

import org.jspecify.annotations.NullMarked;
