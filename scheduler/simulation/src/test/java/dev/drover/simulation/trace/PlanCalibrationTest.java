package dev.drover.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.JobForecast;
import dev.drover.planning.policy.LadderMarkets;
import dev.drover.planning.policy.PlannedJob;
import dev.drover.planning.policy.PurchasePolicy;
import dev.drover.planning.policy.Quote;
import dev.drover.planning.policy.SpotExperience;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.PolicyName;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.pool.PoolSpecReader;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A plan against what then happens: {@link Replay} in markets that are drawn by other code from the same process, under a policy
 * that knows what the plan knows at the start. 48 hours of work within 60, as the plan sees it and as it comes.
 */
class PlanCalibrationTest {
    private static final double ON_DEMAND = 1.2;
    private static final JobTerms TERMS =
            new JobTerms(Duration.ofHours(48), Duration.ofHours(60), Duration.ofMinutes(12), ON_DEMAND);
    private static final int TICKS = 12 * 60 + 1;

    /** The process of the prior, of which nothing needs to be seen. */
    private static double prior(double age) {
        return age < 0.34 ? 1.5 : age < 1 ? 0.75 : age < 3 ? 0.33 : age < 8 ? 0.15 : 0.06;
    }

    private static PoolSpec pool(PolicyName policy) {
        return PoolSpecReader.read(
                "policy: %s\nswitchBack: {changeover: 12m}"
                        .formatted(policy.name().toLowerCase(Locale.ROOT).replace('_', '-')),
                new PoolName("p"));
    }

    private static Offer offer(Market market, double price) {
        return new Offer(
                market, new Money(BigDecimal.valueOf(price), "USD"), new Resources("cpu", 1, ByteSize.parse("1GiB")));
    }

    private static JobForecast plan(PoolSpec pool, SpellMarkets markets, SpotExperience experience) {
        List<LadderMarkets.Place> places = new ArrayList<>();
        for (int i = 0; i < markets.markets().size(); i++) {
            places.add(LadderMarkets.Place.of(
                    offer(markets.markets().get(i), markets.pricePerHour(i, 0)), 0, 1, markets.isOpen(i, 0)));
        }
        Market onDemand = markets.markets().getFirst().as(CapacityType.ON_DEMAND);
        LadderMarkets ladder = new LadderMarkets(
                places,
                Optional.of(LadderMarkets.Place.of(offer(onDemand, ON_DEMAND), 1, 1, true)),
                experience,
                Observations.startingAt(Instant.EPOCH),
                pool);
        return JobForecast.of(
                pool, ladder, new PlannedJob(TERMS.work(), 1, 1, Optional.of(TERMS.deadline()), Optional.empty()));
    }

    /** After looking on at such markets for so many ticks, and at the start of the job. */
    private static SpotExperience experience(SpellMarkets seen, int ticks) {
        SpotExperience experience = SpotExperience.NONE;
        for (int tick = 0; tick < ticks; tick++) {
            List<Quote> quotes = new ArrayList<>();
            for (int i = 0; i < seen.markets().size(); i++) {
                quotes.add(new Quote(seen.markets().get(i), seen.pricePerHour(i, 0), seen.isOpen(i, tick)));
            }
            experience = experience.after(quotes, seen.gap());
        }
        return experience;
    }

    @ParameterizedTest(name = "{0}, {1} markets, seen for {2} h: {3} times")
    @CsvSource({
        "GREEDY, 1, 0, 2000",
        "UNIFORM_PROGRESS, 1, 0, 2000",
        "ADAPTIVE, 1, 0, 100",
        "GREEDY, 2, 20000, 2000",
        "UNIFORM_PROGRESS, 3, 20000, 2000"
    })
    void whatComesIsWhatWasPlanned(PolicyName name, int markets, int hoursSeen, int times) {
        DoubleUnaryOperator losses = hoursSeen == 0 ? PlanCalibrationTest::prior : age -> 0.4;
        DoubleUnaryOperator returns = hoursSeen == 0 ? PlanCalibrationTest::prior : age -> age < 1 ? 0.3 : 0.1;
        double[] prices = {0.36, 0.48, 0.6};
        double[] used = Arrays.copyOf(prices, markets);
        SpellMarkets seen = new SpellMarkets(-1, Math.max(1, 12 * hoursSeen), losses, returns, used);
        int looks = lastOpening(seen);
        JobForecast plan = plan(pool(name), seen, experience(seen, looks));
        double[] costs = LongStream.range(0, times)
                .parallel()
                .mapToDouble(seed -> Replay.run(
                                new SpellMarkets(seed, TICKS, losses, returns, used), TERMS, 0, PurchasePolicy.of(name))
                        .cost())
                .toArray();
        double mean = Arrays.stream(costs).average().orElseThrow();
        double within = Arrays.stream(costs)
                        .filter(cost -> plan.cost().low() - 0.01 <= cost
                                && cost <= plan.cost().high() + 0.01)
                        .count()
                / (double) times;
        assertThat(plan.oddsOfDeadline()).isEqualTo(1);
        assertThat(plan.cost().expected()).isCloseTo(mean, within(0.03 * mean));
        assertThat(within).as("in the range of 10 to 90 %").isBetween(0.75, 0.9);
    }

    /** So many looks that all of them are open at the last. */
    private static int lastOpening(SpellMarkets seen) {
        int last = seen.ticks() - 1;
        while (last > 0) {
            int tick = last;
            if (LongStream.range(0, seen.markets().size()).allMatch(i -> seen.isOpen((int) i, tick))) {
                return last + 1;
            }
            last--;
        }
        return 1;
    }
}
