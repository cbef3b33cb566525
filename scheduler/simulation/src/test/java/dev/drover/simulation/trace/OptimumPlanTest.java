package dev.drover.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.drover.planning.policy.Holding;
import dev.drover.protocol.market.Market;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The plan that is shown is the plan whose cost is told. */
class OptimumPlanTest {
    private static final Duration GAP = Duration.ofMinutes(10);
    private static final int TICKS = 60;

    /** What a plan costs and makes, booked anew, by the rules of {@link Replay}. */
    private record Booked(double cost, int launches, Duration made) {
        static Booked of(MarketTraces traces, JobTerms terms, List<Holding> plan) {
            double cost = 0;
            int launches = 0;
            Duration made = Duration.ZERO;
            Holding before = new Holding.Nothing();
            for (int tick = 0; tick < plan.size(); tick++) {
                Holding now = plan.get(tick);
                if (!(now instanceof Holding.Nothing)) {
                    cost += price(traces, terms, now, tick) / 6;
                    if (isLaunched(before, now)) {
                        launches++;
                        assertThat(now.startUpLeft()).isEqualTo(terms.changeover());
                    }
                    made = made.plus(
                            GAP.compareTo(now.startUpLeft()) > 0 ? GAP.minus(now.startUpLeft()) : Duration.ZERO);
                }
                before = now;
            }
            return new Booked(cost, launches, made);
        }

        private static boolean isLaunched(Holding before, Holding now) {
            return switch (now) {
                case Holding.Nothing ignored -> false;
                case Holding.OnDemand ignored -> !(before instanceof Holding.OnDemand);
                case Holding.Spot(Market market, Duration ignored) ->
                    !(before instanceof Holding.Spot(Market held, Duration left) && held.equals(market));
            };
        }

        private static double price(MarketTraces traces, JobTerms terms, Holding now, int tick) {
            if (now instanceof Holding.Spot(Market market, Duration ignored)) {
                int zone = traces.markets().indexOf(market);
                assertThat(traces.isOpen(zone, tick)).isTrue();
                return traces.pricePerHour(zone, tick);
            }
            return terms.onDemandPerHour();
        }
    }

    @Test
    void costsWhatTheOptimumCosts() {
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            MarketTraces traces = traces(random, 1 + random.nextInt(3));
            JobTerms terms = new JobTerms(
                    Duration.ofMinutes(60 + random.nextInt(240)),
                    Duration.ofMinutes(400 + random.nextInt(200)),
                    Duration.ofMinutes(random.nextInt(40)),
                    3);
            Outcome best = Optimum.of(traces, terms, 0);
            List<Holding> plan = Optimum.plan(traces, terms, 0);
            Booked booked = Booked.of(traces, terms, plan);
            assertThat(booked.cost()).as("seed %d", seed).isEqualTo(best.cost(), within(1e-9));
            assertThat(booked.launches()).as("seed %d", seed).isEqualTo(best.launches());
            assertThat(booked.made()).as("seed %d", seed).isGreaterThanOrEqualTo(terms.work());
            assertThat(plan).as("seed %d", seed).hasSizeLessThanOrEqualTo(terms.deadlineTicks(GAP));
        }
    }

    @Test
    void thereIsNoneWhereNoPlanIsInTime() {
        MarketTraces traces = traces(new SplittableRandom(1), 2);
        JobTerms terms = new JobTerms(Duration.ofHours(5), Duration.ofHours(5), Duration.ofMinutes(5), 3);
        assertThat(Optimum.of(traces, terms, 0).missed()).isTrue();
        assertThat(Optimum.plan(traces, terms, 0)).isEmpty();
    }

    private static MarketTraces traces(SplittableRandom random, int zones) {
        boolean[][] open = new boolean[zones][TICKS];
        double[][] price = new double[zones][TICKS];
        for (int zone = 0; zone < zones; zone++) {
            boolean now = random.nextBoolean();
            for (int tick = 0; tick < TICKS; tick++) {
                now ^= random.nextInt(8) == 0;
                open[zone][tick] = now;
                price[zone][tick] = 0.5 + random.nextInt(8) / 2.0;
            }
        }
        List<Market> markets = IntStream.range(0, zones)
                .mapToObj(zone -> MarketTraces.market("region-1" + (char) ('a' + zone)))
                .toList();
        return new MarketTraces(markets, GAP, open, price);
    }
}
