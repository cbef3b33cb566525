package dev.drover.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.policy.AdaptivePolicy;
import dev.drover.planning.policy.GreedyPolicy;
import dev.drover.planning.policy.PurchasePolicy;
import dev.drover.planning.policy.UniformProgressPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Deadlines under random markets and under markets that wish the job ill ({@link SeededMarkets}): whatever was feasible on
 * demand at the start is in time, under every policy. {@code -Ddrover.seed=N} replays one trace.
 */
class RandomTraceTest {
    /** Traces with the same terms share a policy object, and so the forecasts that it made for them. */
    private static final int SHORT = 99_400;

    private static final int SHORT_PER_TERMS = 400;

    /** Few: after some hours of looking on, the adaptive policy makes forecasts for each trace of its own. */
    private static final int LONG = 600;

    private static final int LONG_PER_TERMS = 20;

    private static final double ON_DEMAND = 3;

    /** A job's terms and the tick. */
    private record Terms(JobTerms job, Duration tick) {
        /** Some traces, by number, have the same terms. */
        static Terms of(long seed) {
            return seed < SHORT
                    ? of(new SplittableRandom(seed / SHORT_PER_TERMS), Duration.ofHours(3), Duration.ofHours(6))
                    : of(new SplittableRandom(-seed / LONG_PER_TERMS), Duration.ofHours(12), Duration.ofHours(48));
        }

        private static Terms of(SplittableRandom random, Duration mostWork, Duration mostTime) {
            Duration tick = between(random, Duration.ofMinutes(1), Duration.ofMinutes(20));
            Duration work = between(random, Duration.ofHours(1), mostWork);
            Duration changeover =
                    random.nextInt(8) == 0 ? Duration.ZERO : between(random, Duration.ZERO, Duration.ofHours(1));
            JobTerms least = new JobTerms(work, work, changeover, ON_DEMAND);
            Duration feasible = tick.multipliedBy(least.onDemandTicks(tick));
            Duration deadline = switch (random.nextInt(3)) {
                case 0 -> feasible;
                case 1 -> feasible.plus(between(random, Duration.ZERO, tick.multipliedBy(6)));
                default -> between(random, feasible, feasible.multipliedBy(4));
            };
            Duration most = mostTime.compareTo(feasible) > 0 ? mostTime : feasible;
            return new Terms(
                    new JobTerms(work, deadline.compareTo(most) < 0 ? deadline : most, changeover, ON_DEMAND), tick);
        }

        private static Duration between(SplittableRandom random, Duration least, Duration most) {
            return least.plusSeconds(random.nextLong(most.minus(least).toSeconds() + 1));
        }
    }

    @Test
    void whatWasFeasibleOnDemandIsNeverMissed() {
        Long seed = Long.getLong("drover.seed");
        List<String> missed = seed == null
                ? Stream.concat(groups(0, SHORT, SHORT_PER_TERMS), groups(SHORT, LONG, LONG_PER_TERMS))
                        .parallel()
                        .map(RandomTraceTest::missed)
                        .flatMap(List::stream)
                        .toList()
                : missed(seed, policies()).stream().toList();
        assertThat(missed).isEmpty();
    }

    /** The seeds from {@code first} on, by terms. */
    private static Stream<LongStream> groups(long first, int traces, int perTerms) {
        return LongStream.range(0, traces / perTerms)
                .mapToObj(group -> LongStream.range(first + group * perTerms, first + (group + 1) * perTerms));
    }

    private static List<String> missed(LongStream seeds) {
        List<PurchasePolicy> policies = policies();
        return seeds.mapToObj(seed -> missed(seed, policies))
                .flatMap(Optional::stream)
                .toList();
    }

    private static List<PurchasePolicy> policies() {
        return List.of(new GreedyPolicy(), new UniformProgressPolicy(), new AdaptivePolicy());
    }

    private static Optional<String> missed(long seed, List<PurchasePolicy> policies) {
        Terms terms = Terms.of(seed);
        List<String> missed = new ArrayList<>();
        for (PurchasePolicy policy : policies) {
            SeededMarkets markets = new SeededMarkets(new SplittableRandom(seed), terms.tick(), terms.job());
            Outcome outcome = Replay.run(markets, terms.job(), 0, policy, markets);
            if (outcome.missed()) {
                missed.add("seed %d, %s: %s, tick %s, markets %s: %s"
                        .formatted(
                                seed,
                                policy.getClass().getSimpleName(),
                                terms.job(),
                                terms.tick(),
                                markets.shapes(),
                                outcome));
            }
        }
        return missed.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", missed));
    }
}
