package dev.drover.planning;

import static dev.drover.planning.Specs.DEMAND_A;
import static dev.drover.planning.Specs.SPOT_A;
import static dev.drover.planning.Specs.SPOT_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.drover.planning.input.Interruptions;
import dev.drover.planning.input.MarketHistory;
import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.JobForecast;
import dev.drover.planning.policy.LadderMarkets;
import dev.drover.planning.policy.LadderMarkets.Place;
import dev.drover.planning.policy.PlannedJob;
import dev.drover.planning.policy.Quote;
import dev.drover.planning.policy.SpotExperience;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.pool.BuyingSpec;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PolicyName;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pcollections.HashTreePMap;
import org.pcollections.TreePMap;

/** Spot at 0.36 an hour, on demand at 1.20, a changeover of a minute. So 48 hours are 17.286 on spot and 57.62 on demand. */
class JobForecastTest {
    private static final double HOURS = 48 + 1 / 60.0;
    private static final double SPOT = 0.36;
    private static final double ON_DEMAND = 1.2;

    private static PoolSpec pool(CapacityMode mode, PolicyName policy, Duration fallbackAfter) {
        PoolSpec pool = Specs.pool(mode, 0, 8);
        BuyingSpec buying = pool.buying();
        return Specs.pool(
                pool,
                pool.switchBack(),
                new BuyingSpec(
                        policy,
                        buying.ladder(),
                        fallbackAfter,
                        buying.rebalance(),
                        buying.preemption(),
                        buying.budget(),
                        buying.ownerBudgets(),
                        buying.protectedTime()));
    }

    private static PoolSpec pool() {
        return pool(CapacityMode.SPOT_WITH_FALLBACK, PolicyName.ADAPTIVE, Duration.ZERO);
    }

    /** Seen as it is now for two million hours: so it is taken to stay. */
    private static SpotExperience lasting(boolean open, Market... markets) {
        List<Quote> quotes = new ArrayList<>();
        for (Market market : markets) {
            quotes.add(new Quote(market, SPOT, open));
        }
        SpotExperience experience = SpotExperience.NONE.after(quotes, Duration.ZERO);
        for (int hour = 0; hour < 20; hour++) {
            experience = experience.after(quotes, Duration.ofHours(1));
        }
        return experience.after(quotes, Duration.ofHours(1_000_000)).after(quotes, Duration.ofHours(1_000_000));
    }

    private static LadderMarkets markets(PoolSpec pool, boolean open, SpotExperience experience, Observations seen) {
        Place spot = Place.of(Specs.offer(SPOT_A, "0.36", 1), 0, 1, open);
        Place onDemand = Place.of(Specs.offer(DEMAND_A, "1.20", 1), 1, 1, true);
        return new LadderMarkets(
                pool.mode() == CapacityMode.ON_DEMAND ? List.of() : List.of(spot),
                Optional.of(onDemand).filter(any -> pool.mode() != CapacityMode.SPOT_ONLY),
                experience,
                seen,
                pool);
    }

    private static LadderMarkets lasting(PoolSpec pool, boolean open) {
        return markets(pool, open, lasting(open, SPOT_A), Observations.startingAt(PoolScript.START));
    }

    private static LadderMarkets unknown(PoolSpec pool, Observations seen) {
        List<Quote> quotes = List.of(new Quote(SPOT_A, SPOT, true));
        return markets(pool, true, SpotExperience.NONE.after(quotes, Duration.ZERO), seen);
    }

    private static LadderMarkets unknown(PoolSpec pool) {
        return unknown(pool, Observations.startingAt(PoolScript.START));
    }

    private static PlannedJob job(int shards, int atOnce, int deadlineHours, double budget) {
        return new PlannedJob(
                Duration.ofHours(48),
                shards,
                atOnce,
                Optional.of(Duration.ofHours(deadlineHours)).filter(Duration::isPositive),
                Optional.of(budget).filter(limit -> limit > 0));
    }

    private static void assertIsExactly(JobForecast forecast, double cost, double hours) {
        assertThat(forecast.cost().low()).isCloseTo(cost, within(1e-6));
        assertThat(forecast.cost().expected()).isCloseTo(cost, within(1e-6));
        assertThat(forecast.cost().high()).isCloseTo(cost, within(1e-6));
        assertThat(forecast.hours().low()).isCloseTo(hours, within(1e-6));
        assertThat(forecast.hours().high()).isCloseTo(hours, within(1e-6));
    }

    @ParameterizedTest
    @EnumSource(PolicyName.class)
    void spotThatStaysCostsItsPrice(PolicyName policy) {
        PoolSpec pool = pool(CapacityMode.SPOT_WITH_FALLBACK, policy, Duration.ZERO);
        for (int deadline : new int[] {0, 60}) {
            JobForecast forecast = JobForecast.of(pool, lasting(pool, true), job(1, 1, deadline, 0));
            assertIsExactly(forecast, SPOT * HOURS, HOURS);
            assertThat(forecast.oddsOfDeadline()).isEqualTo(1);
            assertThat(forecast.moves()).isZero();
            assertThat(forecast.hoursOnSpot()).isCloseTo(HOURS, within(1e-6));
        }
    }

    @ParameterizedTest
    @EnumSource(PolicyName.class)
    void spotThatNeverComesCostsThePriceOnDemand(PolicyName policy) {
        PoolSpec pool = pool(CapacityMode.SPOT_WITH_FALLBACK, policy, Duration.ZERO);
        JobForecast now = JobForecast.of(pool, lasting(pool, false), job(1, 1, 0, 0));
        assertIsExactly(now, ON_DEMAND * HOURS, HOURS);
        assertThat(now.costOnDemand().orElseThrow()).isCloseTo(ON_DEMAND * HOURS, within(1e-6));
        JobForecast waits = JobForecast.of(pool, lasting(pool, false), job(1, 1, 60, 0));
        assertThat(waits.cost().low()).isCloseTo(ON_DEMAND * HOURS, within(1e-6));
        assertThat(waits.cost().high()).isCloseTo(ON_DEMAND * HOURS, within(1e-6));
        assertThat(waits.oddsOfDeadline()).isEqualTo(1);
        assertThat(waits.hoursOnSpot()).isZero();
    }

    @Test
    void aPoolOnDemandAndOneThatWaits() {
        PoolSpec onDemand = pool(CapacityMode.ON_DEMAND, PolicyName.ADAPTIVE, Duration.ofHours(2));
        assertIsExactly(JobForecast.of(onDemand, lasting(onDemand, true), job(1, 1, 60, 0)), ON_DEMAND * HOURS, HOURS);
        PoolSpec patient = pool(CapacityMode.SPOT_WITH_FALLBACK, PolicyName.ADAPTIVE, Duration.ofHours(2));
        assertIsExactly(
                JobForecast.of(patient, lasting(patient, false), job(1, 1, 0, 0)), ON_DEMAND * HOURS, HOURS + 2);
        PoolSpec spotOnly = pool(CapacityMode.SPOT_ONLY, PolicyName.ADAPTIVE, Duration.ZERO);
        JobForecast never = JobForecast.of(spotOnly, lasting(spotOnly, false), job(1, 1, 60, 0));
        assertThat(never.hours().low()).isInfinite();
        assertThat(never.oddsOfEnd()).isZero();
        assertThat(never.oddsOfDeadline()).isZero();
        assertThat(never.costOnDemand()).isEmpty();
    }

    @ParameterizedTest(name = "{0} shards, {1} at once: {2} h")
    @CsvSource({"3, 3, 48", "3, 1, 144", "3, 2, 96"})
    void allShardsArePaidAndTheLastIsWaitedFor(int shards, int atOnce, int hours) {
        JobForecast forecast = JobForecast.of(pool(), lasting(pool(), true), job(shards, atOnce, 0, 0));
        assertIsExactly(forecast, SPOT * (48 * shards + atOnce / 60.0), hours + 1 / 60.0);
    }

    @ParameterizedTest
    @EnumSource(PolicyName.class)
    void aDeadlineThatIsTooShortIsMissed(PolicyName policy) {
        PoolSpec pool = pool(CapacityMode.SPOT_WITH_FALLBACK, policy, Duration.ZERO);
        JobForecast forecast = JobForecast.of(pool, unknown(pool), job(1, 1, 40, 0));
        assertThat(forecast.isDeadlineFeasible()).isFalse();
        assertThat(forecast.oddsOfDeadline()).isZero();
        JobForecast inTime = JobForecast.of(pool, unknown(pool), job(1, 1, 49, 0));
        assertThat(inTime.isDeadlineFeasible()).isTrue();
        assertThat(inTime.oddsOfDeadline()).isEqualTo(1);
        assertThat(JobForecast.of(pool, unknown(pool), job(2, 1, 60, 0)).isDeadlineFeasible())
                .as("two shards, one after the other")
                .isFalse();
    }

    @Test
    void aBudgetThatIsTooSmallSaysHowFarItGoes() {
        JobForecast forecast = JobForecast.of(pool(), lasting(pool(), true), job(1, 1, 60, 0.36 * 12));
        assertThat(forecast.isBudgetFeasible()).isFalse();
        assertThat(forecast.oddsOfBudget()).isZero();
        assertThat(forecast.doneWithinBudget()).isCloseTo(12.0 / 48, within(1e-3));
        JobForecast some = JobForecast.of(pool(), unknown(pool()), job(1, 1, 60, 30));
        assertThat(some.isBudgetFeasible()).isTrue();
        assertThat(some.oddsOfBudget()).isBetween(0.2, 0.8);
        assertThat(some.doneWithinBudget()).isBetween(0.3, 0.99);
        assertThat(JobForecast.of(pool(), unknown(pool()), job(1, 1, 60, 100)).oddsOfBudget())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(PolicyName.class)
    void moreTimeNeverCostsMore(PolicyName policy) {
        PoolSpec pool = pool(CapacityMode.SPOT_WITH_FALLBACK, policy, Duration.ZERO);
        double before = Double.POSITIVE_INFINITY;
        for (int deadline : new int[] {49, 60, 96}) {
            double cost = JobForecast.of(pool, unknown(pool), job(1, 1, deadline, 0))
                    .cost()
                    .expected();
            assertThat(cost).as("within %d h", deadline).isLessThan(before);
            before = cost;
        }
    }

    @Test
    void whatInterruptedThePoolsNodesCounts() {
        Observations bare = Observations.startingAt(PoolScript.START);
        double[] cost = new double[3];
        int[] times = {0, 31, 200};
        for (int i = 0; i < 3; i++) {
            Interruptions seen = new Interruptions(times[i], Duration.ofHours(100));
            Observations with = bare.withHistory(new MarketHistory(
                    PoolScript.START, Duration.ZERO, TreePMap.singleton(SPOT_A, seen), HashTreePMap.empty()));
            cost[i] = JobForecast.of(pool(), unknown(pool(), with), job(1, 1, 60, 0))
                    .cost()
                    .expected();
        }
        double prior =
                JobForecast.of(pool(), unknown(pool()), job(1, 1, 60, 0)).cost().expected();
        assertThat(cost[0]).isLessThan(0.8 * prior);
        assertThat(cost[1]).as("as often as the prior has it").isCloseTo(prior, within(0.05 * prior));
        assertThat(cost[2]).isGreaterThan(1.1 * prior);
    }

    @Test
    void theLaddersOrderComesBeforeThePrice() {
        LadderMarkets markets = new LadderMarkets(
                List.of(
                        Place.of(Specs.offer(SPOT_B, "0.72", 1), 0, 1, true),
                        Place.of(Specs.offer(SPOT_A, "0.36", 1), 1, 1, true)),
                Optional.empty(),
                lasting(true, SPOT_A, SPOT_B),
                Observations.startingAt(PoolScript.START),
                pool());
        assertIsExactly(JobForecast.of(pool(), markets, job(1, 1, 0, 0)), 0.72 * HOURS, HOURS);
    }

    @Test
    void theSameStateGivesTheSameForecast() {
        JobForecast one = JobForecast.of(pool(), unknown(pool()), job(2, 2, 60, 30));
        JobForecast other = JobForecast.of(pool(), unknown(pool()), job(2, 2, 60, 30));
        assertThat(one.cost()).isEqualTo(other.cost());
        assertThat(one.hours()).isEqualTo(other.hours());
        assertThat(one.oddsOfBudget()).isEqualTo(other.oddsOfBudget());
    }
}
