package dev.drover.planning.policy;

import dev.drover.protocol.market.Market;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * All that a policy may know of one job at one moment.
 *
 * @param elapsed since the job was submitted
 * @param deadline the time it has in all, from its submission
 * @param done work that is made and saved, in hours of an instance that runs undisturbed
 * @param work all of its work, in the same measure
 * @param changeover how long any newly launched instance is paid for before it works
 * @param tick how long until the next look. Until then what is held is paid for, and what is open stays so
 * @param holding what it runs on; what was lost since the last look is no longer held
 * @param spot the spot markets it may use, in the order of preference among equals
 * @param onDemandPricePerHour in the currency of the quotes
 * @param lostLast where its spot capacity was last taken away
 * @param experience what was seen of these spot markets so far
 */
public record Situation(
        Duration elapsed,
        Duration deadline,
        Duration done,
        Duration work,
        Duration changeover,
        Duration tick,
        Holding holding,
        List<Quote> spot,
        double onDemandPricePerHour,
        Optional<Market> lostLast,
        SpotExperience experience) {

    public Duration timeLeft() {
        return deadline.minus(elapsed);
    }

    public Duration workLeft() {
        return work.minus(done);
    }

    public boolean isSpotOpen() {
        for (Quote quote : spot) {
            if (quote.open()) {
                return true;
            }
        }
        return false;
    }
}
