package dev.drover.simulation.trace;

import java.time.Duration;

/**
 * The job that is replayed.
 *
 * @param work what it computes, undisturbed
 * @param deadline the time it has, from its start
 * @param changeover how long a launched instance is paid for before it works
 * @param onDemandPerHour in the currency of the spot prices
 */
public record JobTerms(Duration work, Duration deadline, Duration changeover, double onDemandPerHour) {}
