package dev.drover.planning.policy;

import dev.drover.protocol.market.Market;
import java.time.Duration;

/** What a job runs on. */
public sealed interface Holding {
    /** How much longer it starts up before it does any work. */
    Duration startUpLeft();

    record Nothing() implements Holding {
        @Override
        public Duration startUpLeft() {
            return Duration.ZERO;
        }
    }

    record Spot(Market market, Duration startUpLeft) implements Holding {}

    record OnDemand(Duration startUpLeft) implements Holding {}
}
