package dev.drover.bench;

import dev.drover.simulation.trace.Contender;
import dev.drover.simulation.trace.JobTerms;
import dev.drover.simulation.trace.MarketTraces;
import dev.drover.simulation.trace.Outcome;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One job in one group of zones, from all its starts.
 *
 * @param costs in USD, of all starts together
 * @param missed deadlines
 */
record PolicyCase(
        TraceGroup group,
        int deadlineHours,
        String changeoverHours,
        int starts,
        Map<Contender, Double> costs,
        int missed) {
    private static final Duration WORK = Duration.ofDays(2);
    private static final double ON_DEMAND_USD = 3.06;
    private static final BigDecimal SECONDS = BigDecimal.valueOf(3600);

    PolicyCase {
        costs = Map.copyOf(costs);
    }

    static PolicyCase replay(
            TraceGroup group, MarketTraces markets, int deadlineHours, String changeoverHours, List<Integer> starts) {
        JobTerms terms = terms(deadlineHours, changeoverHours);
        Map<Contender, Double> costs = new EnumMap<>(Contender.class);
        int missed = 0;
        for (int start : starts) {
            for (Contender contender : Contender.values()) {
                Outcome outcome = contender.outcome(markets, terms, start);
                costs.merge(contender, outcome.cost(), Double::sum);
                missed += outcome.missed() ? 1 : 0;
            }
        }
        return new PolicyCase(group, deadlineHours, changeoverHours, starts.size(), costs, missed);
    }

    static JobTerms terms(int deadlineHours, String changeoverHours) {
        Duration changeover = Duration.ofSeconds(
                new BigDecimal(changeoverHours).multiply(SECONDS).longValueExact());
        return new JobTerms(WORK, Duration.ofHours(deadlineHours), changeover, ON_DEMAND_USD);
    }

    double cost(Contender contender) {
        return costs.getOrDefault(contender, Double.NaN);
    }

    /** The ratio of mean costs over the same starts. */
    double overOptimum(Contender contender) {
        return cost(contender) / cost(Contender.OPTIMUM);
    }
}
