package dev.drover.planning.policy;

import dev.drover.protocol.market.Market;

/** What to hold until the next look, and why. What is held already and named again just goes on. */
public sealed interface Purchase {
    Why why();

    record Nothing(Why why) implements Purchase {}

    record Spot(Market market, Why why) implements Purchase {}

    record OnDemand(Why why) implements Purchase {}

    /** Why a policy chose as it did. */
    enum Why {
        /** It runs well where it is. */
        STAYS,
        /** Spot is to be had. */
        SPOT_OPEN,
        /** Spot is to be had elsewhere for so much less that the changeover pays. */
        SPOT_CHEAPER,
        /** There is no spot, and time enough to wait for it. */
        SPOT_AWAITED,
        /** There is no spot, and less was done than is due by now. */
        BEHIND_SCHEDULE,
        /** The switch to spot would cost more than it is expected to save. */
        SWITCH_NOT_WORTH_IT,
        /** Waiting any longer is expected to cost more than going on demand. */
        WAITING_NOT_WORTH_IT,
        /** Only on demand is it sure that the deadline is met. */
        DEADLINE_NEAR
    }
}
