package dev.drover.dist.simulate;

import dev.drover.planning.policy.Holding;
import dev.drover.protocol.market.Market;
import dev.drover.simulation.trace.Contender;
import dev.drover.simulation.trace.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is drawn of one job from one start.
 *
 * @param zones for each zone, when it is open
 * @param buyers what each policy bought, the optimum last
 */
record Panel(Job job, int start, List<List<Stretch>> zones, List<Buyer> buyers) {
    Panel {
        zones = zones.stream().map(List::copyOf).toList();
        buyers = List.copyOf(buyers);
    }

    /** Ticks in a row, counted from the start, that look alike. */
    record Stretch(int from, int to, Look look) {}

    /** What a stretch of a lane shows. */
    sealed interface Look {
        record Blank() implements Look {}

        /** Spot of a zone, by its place among the job's; in a policy's lane, {@code startsUp} until it works. */
        record Spot(int zone, boolean startsUp) implements Look {}

        record OnDemand(boolean startsUp) implements Look {}
    }

    /** A policy, or the optimum, and how it did; {@code ticks} are those until the work was done. */
    record Buyer(Contender policy, Outcome outcome, List<Stretch> lane, int ticks) {
        Buyer {
            lane = List.copyOf(lane);
        }
    }

    /** The policies, and the optimum in any case. */
    static Panel of(Job job, int start, List<Contender> policies) {
        int ticks = job.terms().deadlineTicks(job.traces().gap());
        List<List<Stretch>> zones = IntStream.range(0, job.traces().markets().size())
                .mapToObj(zone -> stretches(
                        ticks,
                        tick -> job.traces().isOpen(zone, start + tick)
                                ? new Look.Spot(zone, false)
                                : new Look.Blank()))
                .toList();
        List<Buyer> buyers = Stream.concat(
                        policies.stream().filter(policy -> policy != Contender.OPTIMUM), Stream.of(Contender.OPTIMUM))
                .map(policy -> buyer(job, start, policy))
                .toList();
        return new Panel(job, start, zones, buyers);
    }

    private static Buyer buyer(Job job, int start, Contender policy) {
        List<Holding> held = policy.timeline(job.traces(), job.terms(), start);
        List<Stretch> lane = stretches(held.size(), tick -> look(job.traces().markets(), held.get(tick)));
        return new Buyer(policy, policy.outcome(job.traces(), job.terms(), start), lane, held.size());
    }

    private static Look look(List<Market> markets, Holding holding) {
        boolean startsUp = !holding.startUpLeft().isZero();
        return switch (holding) {
            case Holding.Nothing ignored -> new Look.Blank();
            case Holding.Spot(Market market, var ignored) -> new Look.Spot(markets.indexOf(market), startsUp);
            case Holding.OnDemand ignored -> new Look.OnDemand(startsUp);
        };
    }

    private static List<Stretch> stretches(int ticks, IntFunction<Look> lookAt) {
        List<Stretch> stretches = new ArrayList<>();
        int from = 0;
        for (int tick = 1; tick <= ticks; tick++) {
            Look look = lookAt.apply(from);
            if (tick == ticks || !lookAt.apply(tick).equals(look)) {
                stretches.add(new Stretch(from, tick, look));
                from = tick;
            }
        }
        return stretches;
    }
}
