package dev.drover.planning;

import static dev.drover.planning.Specs.DEMAND_A;
import static dev.drover.planning.Specs.SPOT_A;
import static dev.drover.planning.Specs.SPOT_B;

import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.JobForecast;
import dev.drover.planning.policy.LadderMarkets;
import dev.drover.planning.policy.PlannedJob;
import dev.drover.planning.policy.Quote;
import dev.drover.planning.policy.SpotExperience;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobForecastTest {
    @Test
    void speed() {
        for (int n = 0; n < 4; n++) {
            for (int k : new int[] {1, 2, 6}) {
                PoolSpec pool = Specs.pool(CapacityMode.SPOT_WITH_FALLBACK, 0, 8);
                List<LadderMarkets.Place> places = new ArrayList<>();
                List<Quote> quotes = new ArrayList<>();
                for (int i = 0; i < k; i++) {
                    Market m = new Market("local", "r", "" + (char) ('a' + i), "m1", dev.drover.protocol.market.CapacityType.SPOT);
                    double price = 0.36 * (1 + i * 0.3);
                    places.add(new LadderMarkets.Place(Specs.offer(m, "" + price, 1), 0, price, i % 2 == 0));
                    quotes.add(new Quote(m, price, i % 2 == 0));
                }
                LadderMarkets markets = new LadderMarkets(
                        places,
                        Optional.of(new LadderMarkets.Place(Specs.offer(DEMAND_A, "1.20", 1), 1, 1.2, true)),
                        SpotExperience.NONE.after(quotes, Duration.ZERO),
                        Observations.startingAt(PoolScript.START),
                        pool);
                long t = System.nanoTime();
                JobForecast f = JobForecast.of(
                        pool, markets, new PlannedJob(Duration.ofHours(48), 1, 1, Optional.of(Duration.ofHours(60)), Optional.empty()));
                System.out.printf(
                        "%d markets %.2f s: %s %s od %s least %.2f odds %.3f spot %.1f od %.1f moves %.1f%n",
                        k, (System.nanoTime() - t) / 1e9, f.cost(), f.hours(), f.costOnDemand(), f.leastCost(), f.oddsOfDeadline(), f.hoursOnSpot(), f.hoursOnDemand(), f.moves());
            }
        }
    }
}
