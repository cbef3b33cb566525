package dev.drover.planning.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The worked example of docs/POLICIES.md: a market that was closed for 12 h, open for 1 h, closed for 9 h, and is open again. */
class AdaptiveExampleTest {
    private static final Market SPOT = new Market("local", "r", "a", "m", CapacityType.SPOT);
    private static final Duration LOOK = Duration.ofMinutes(10);
    private static final double CHANGEOVER = 0.2;
    private static final double WORK = 30;
    private static final int FRESH = 0;
    private static final int ONE_TO_THREE_HOURS = 2;

    private static Belief belief() {
        SpotExperience seen = SpotExperience.NONE.after(List.of(new Quote(SPOT, 0.918, false)), Duration.ZERO);
        seen = look(seen, 71, false);
        seen = look(seen, 6, true);
        seen = look(seen, 54, false);
        return look(seen, 1, true).belief();
    }

    private static SpotExperience look(SpotExperience seen, int times, boolean open) {
        SpotExperience grown = seen;
        for (int i = 0; i < times; i++) {
            grown = grown.after(List.of(new Quote(SPOT, 0.918, open)), LOOK);
        }
        return grown;
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1.41, 0.86",
        "1, 1.29, 0.55",
        "2, 0.48, 0.20",
        "3, 0.22, 0.09",
        "4, 0.09, 0.10",
    })
    void whatItTakesForTrue(int age, double lossesPerHour, double returnsPerHour) {
        assertThat(belief().losses().get(age)).isCloseTo(lossesPerHour, within(0.005));
        assertThat(belief().returns().get(age)).isCloseTo(returnsPerHour, within(0.005));
    }

    @ParameterizedTest
    @CsvSource({
        "2, 84.26, 83.62, 80.66, 80.35",
        "4, 81.33, 81.23, 77.52, 77.61",
        "8, 78.84, 78.92, 74.67, 74.96",
        "12, 76.74, 77.03, 72.59, 72.96",
    })
    void whatItExpectsEachChoiceToCost(double slack, double waits, double buys, double changes, double stays) {
        SpotForecast forecast =
                new SpotForecast(new SpotForecast.Terms(belief(), 0.918, 3.06, CHANGEOVER, 1.0 / 6, WORK + 12, 12));
        double time = WORK + slack;
        double launched = slack - CHANGEOVER;
        assertThat(forecast.waiting(time, slack, ONE_TO_THREE_HOURS)).isCloseTo(waits, within(0.005));
        assertThat(forecast.stayingWithSpotClosed(time, launched, ONE_TO_THREE_HOURS))
                .isCloseTo(buys, within(0.005));
        assertThat(forecast.onSpot(time, launched, FRESH)).isCloseTo(changes, within(0.005));
        assertThat(forecast.stayingWithSpotOpen(time, slack, FRESH)).isCloseTo(stays, within(0.005));
    }
}
