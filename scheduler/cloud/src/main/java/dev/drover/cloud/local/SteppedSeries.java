package dev.drover.cloud.local;

import java.time.Duration;

/** A value that holds for a step and then moves. A pure function of the time since the cloud began. */
sealed interface SteppedSeries permits SeededSeries, TraceSeries {
    /** The value at {@code elapsed}, which is not negative. */
    double at(Duration elapsed);

    /** How long each value holds; steps begin at multiples of it. */
    Duration step();
}
