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
public record JobTerms(Duration work, Duration deadline, Duration changeover, double onDemandPerHour) {
    /** How many whole ticks the job takes, and is paid for, if it runs on demand from its start to its end. */
    public int onDemandTicks(Duration tick) {
        return Math.toIntExact(Math.ceilDiv(work.plus(changeover).toMillis(), tick.toMillis()));
    }

    /** The whole ticks before the deadline. */
    public int deadlineTicks(Duration tick) {
        return Math.toIntExact(deadline.dividedBy(tick));
    }

    /** Whether the job can be finished in time on demand, in whole ticks. */
    public boolean isFeasible(Duration tick) {
        return onDemandTicks(tick) <= deadlineTicks(tick);
    }
}
