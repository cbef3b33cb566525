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
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Deadlines under random markets and under markets that wish the job ill ({@link SeededMarkets}): whatever was feasible on
 * demand at the start is in time, under every policy. {@code -Ddrover.seed=N} replays one trace.
 */
class RandomTraceTest {
    private static final int TRACES = 100_000;

    /** Traces with the same terms share a policy object: what a forecast costs to build is then paid once. */
    private static final int TRACES_PER_TERMS = 400;

    private static final double ON_DEMAND = 3;

    /** A job's terms and the tick, out of a seed. */
    private record Terms(JobTerms job, Duration tick) {
        static Terms of(SplittableRandom random) {
            Duration tick = Duration.ofSeconds(60 + random.nextInt(1141));
            Duration work = Duration.ofSeconds(3600 + random.nextInt(skewed(random, 11 * 3600)));
            Duration changeover = random.nextInt(8) == 0 ? Duration.ZERO : Duration.ofSeconds(random.nextInt(3601));
            JobTerms least = new JobTerms(work, work, changeover, ON_DEMAND);
            Duration feasible = tick.multipliedBy(least.onDemandTicks(tick));
            Duration deadline = switch (random.nextInt(3)) {
                case 0 -> feasible;
                case 1 -> feasible.plusSeconds(random.nextInt(7200));
                default -> feasible.plusSeconds(random.nextInt(3 * (int) feasible.toSeconds()));
            };
            return new Terms(new JobTerms(work, deadline, changeover, ON_DEMAND), tick);
        }

        /** Up to {@code most}, but mostly little: long jobs cost most time to replay. */
        private static int skewed(SplittableRandom random, int most) {
            return 1 + (int) (Math.pow(random.nextDouble(), 6) * most);
        }
    }

    @Test
    void whatWasFeasibleOnDemandIsNeverMissed() {
        Long seed = Long.getLong("drover.seed");
        List<String> missed = seed == null
                ? IntStream.range(0, TRACES / TRACES_PER_TERMS)
                        .parallel()
                        .mapToObj(RandomTraceTest::missedWithTerms)
                        .flatMap(List::stream)
                        .toList()
                : missed(seed, policies()).stream().toList();
        assertThat(missed).isEmpty();
    }

    private static List<String> missedWithTerms(int group) {
        List<PurchasePolicy> policies = policies();
        return LongStream.range((long) group * TRACES_PER_TERMS, (group + 1L) * TRACES_PER_TERMS)
                .mapToObj(seed -> missed(seed, policies))
                .flatMap(Optional::stream)
                .toList();
    }

    private static List<PurchasePolicy> policies() {
        return List.of(new GreedyPolicy(), new UniformProgressPolicy(), new AdaptivePolicy());
    }

    private static Optional<String> missed(long seed, List<PurchasePolicy> policies) {
        Terms terms = Terms.of(new SplittableRandom(seed / TRACES_PER_TERMS));
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
