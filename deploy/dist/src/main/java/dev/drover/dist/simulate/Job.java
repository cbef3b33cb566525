package dev.drover.dist.simulate;

import dev.drover.simulation.trace.Contender;
import dev.drover.simulation.trace.JobTerms;
import dev.drover.simulation.trace.MarketTraces;
import dev.drover.simulation.trace.Starts;
import dev.drover.simulation.trace.TraceException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;

/**
 * One job of a simulation, to be replayed from each of its starts.
 *
 * @param set the name of the directory of its traces
 * @param zones as they were named, {@code a+b}
 * @param starts ticks, in the order they were asked for
 */
record Job(String set, String zones, MarketTraces traces, Hours hours, JobTerms terms, List<Integer> starts) {
    private static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3600);

    /** @throws TraceException if its deadline can't be met even on demand, or comes after the end of the traces */
    Job {
        starts = List.copyOf(starts);
        Duration tick = traces.gap();
        if (!terms.isFeasible(tick)) {
            throw new TraceException(
                    ("deadline-hours: %s is not feasible; on demand, %s h of work and a changeover of %s h"
                                    + " take %s h, in whole ticks of %s s: use that or more")
                            .formatted(
                                    hours.deadline(),
                                    hours.compute(),
                                    hours.changeover(),
                                    inHours(tick.multipliedBy(terms.onDemandTicks(tick))),
                                    plain(BigDecimal.valueOf(tick.toMillis(), 3))));
        }
        int last = Starts.last(traces, terms);
        for (int start : starts) {
            if (start > last) {
                throw new TraceException("start-ticks: %d is too late for a deadline of %s h; %s has %d ticks: use %s"
                        .formatted(
                                start,
                                hours.deadline(),
                                zones,
                                traces.ticks(),
                                last < 0 ? "a deadline before its end" : "0 to " + last));
            }
        }
    }

    /** A job's terms as they were typed, without the noughts at their end. */
    record Hours(BigDecimal compute, BigDecimal deadline, BigDecimal changeover) {
        Hours {
            compute = new BigDecimal(plain(compute));
            deadline = new BigDecimal(plain(deadline));
            changeover = new BigDecimal(plain(changeover));
        }

        JobTerms terms(double onDemandPerHour) {
            return new JobTerms(duration(compute), duration(deadline), duration(changeover), onDemandPerHour);
        }

        private static Duration duration(BigDecimal hours) {
            return Duration.ofSeconds(hours.multiply(SECONDS_PER_HOUR)
                    .setScale(0, RoundingMode.HALF_UP)
                    .longValueExact());
        }
    }

    /** A row for each start and, within it, each policy. */
    List<Row> replay(List<Contender> policies) {
        return starts.parallelStream()
                .flatMap(start -> policies.stream()
                        .map(policy -> new Row(this, start, policy, policy.outcome(traces, terms, start))))
                .toList();
    }

    /** What the job costs on demand, from its start to its end. */
    double onDemandCost() {
        return terms.onDemandTicks(traces.gap()) * (traces.gap().toMillis() / 3_600_000.0) * terms.onDemandPerHour();
    }

    /** {@code a+b: 48 h of work in 60 h, changeover 0.2 h}. */
    String text() {
        return "%s: %s h of work in %s h, changeover %s h"
                .formatted(zones, hours.compute(), hours.deadline(), hours.changeover());
    }

    private static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }

    private static String inHours(Duration time) {
        return plain(BigDecimal.valueOf(time.toMillis(), 3).divide(SECONDS_PER_HOUR, 4, RoundingMode.UP));
    }
}
