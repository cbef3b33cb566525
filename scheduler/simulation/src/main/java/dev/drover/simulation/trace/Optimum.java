package dev.drover.simulation.trace;

import dev.drover.planning.policy.Holding;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The least that any plan could have paid which knew the traces from the start: a dynamic program, backwards from the deadline.
 *
 * <p>A launch is worth its price only if the instance is kept until it has worked, so a launch is one move over all the ticks of its
 * start-up, and only if the market stays open as long; after it, each tick is a move. Work is counted exactly, in the greatest
 * common divisor of tick, changeover and work. Among plans of equal cost no one is preferred.
 */
public final class Optimum {
    private static final Duration UNIT = Duration.ofMillis(1);

    private final MarketTraces traces;
    private final JobTerms terms;
    private final int start;
    private final int ticks;
    private final int work;
    private final int tickWork;
    private final int launchTicks;
    private final int launchWork;
    private final double tickHours;

    /** The layers of the ticks that a move can lead to; each by what is held, then by the work done. */
    private final Layer[] layers;

    /** What to hold next, by tick, what is held, and the work done beyond the least that is in time; only if a plan is wanted. */
    private final byte[][][] moves;

    /** The best plan from one tick on, by what runs ({@code zones} = on demand, {@code zones + 1} = nothing) and work done. */
    private static final class Layer {
        final double[][] cost;
        final int[][] launches;
        final int[][] spotTicks;
        final int[][] onDemandTicks;
        final byte[][] next;

        Layer(int holdings, int works) {
            this.cost = new double[holdings][works];
            this.launches = new int[holdings][works];
            this.spotTicks = new int[holdings][works];
            this.onDemandTicks = new int[holdings][works];
            this.next = new byte[holdings][works];
        }

        void clear() {
            for (double[] costs : cost) {
                Arrays.fill(costs, Double.POSITIVE_INFINITY);
            }
        }

        void done(int work) {
            for (int holding = 0; holding < cost.length; holding++) {
                cost[holding][work] = 0;
                launches[holding][work] = 0;
                spotTicks[holding][work] = 0;
                onDemandTicks[holding][work] = 0;
            }
        }
    }

    private Optimum(MarketTraces traces, JobTerms terms, int start, boolean keepsMoves) {
        this.traces = traces;
        this.terms = terms;
        this.start = start;
        long tick = traces.gap().dividedBy(UNIT);
        long changeover = terms.changeover().dividedBy(UNIT);
        long unit = gcd(gcd(tick, changeover), terms.work().dividedBy(UNIT));
        this.ticks = terms.deadlineTicks(traces.gap());
        this.work = (int) (terms.work().dividedBy(UNIT) / unit);
        this.tickWork = (int) (tick / unit);
        this.launchTicks = (int) (changeover / tick) + 1;
        this.launchWork = (int) (launchTicks * (long) tickWork - changeover / unit);
        this.tickHours = traces.gap().toMillis() / 3_600_000.0;
        if (start + ticks > traces.ticks()) {
            throw new TraceException("start: %d is too late; the traces end at tick %d, before the deadline"
                    .formatted(start, traces.ticks()));
        }
        this.layers = new Layer[launchTicks + 1];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new Layer(traces.markets().size() + 2, work + 1);
        }
        this.moves = new byte[keepsMoves ? ticks : 0][][];
    }

    /**
     * The best plan's outcome; {@code missed}, at infinite cost, where no plan is in time.
     *
     * @throws TraceException if the traces end before the deadline
     */
    public static Outcome of(MarketTraces traces, JobTerms terms, int start) {
        return new Optimum(traces, terms, start, false).solve();
    }

    /**
     * The best plan itself: what it holds in each tick, from the start until the work is done; nothing at all, where no plan is
     * in time.
     *
     * @throws TraceException if the traces end before the deadline
     */
    public static List<Holding> plan(MarketTraces traces, JobTerms terms, int start) {
        Optimum optimum = new Optimum(traces, terms, start, true);
        return optimum.solve().missed() ? List.of() : optimum.follow();
    }

    private Outcome solve() {
        layer(ticks).clear();
        layer(ticks).done(work);
        for (int tick = ticks - 1; tick >= 0; tick--) {
            solve(tick);
        }
        Layer first = layer(0);
        int nothing = nothing();
        double cost = first.cost[nothing][0];
        return new Outcome(
                cost,
                first.launches[nothing][0],
                Double.isInfinite(cost),
                first.spotTicks[nothing][0] * tickHours,
                first.onDemandTicks[nothing][0] * tickHours);
    }

    private void solve(int tick) {
        Layer here = layer(tick);
        here.clear();
        int least = leastWork(tick);
        // More can't have been done yet.
        int most = (int) Math.min(work, (long) tick * tickWork);
        take(here, nothing(), layer(tick + 1), nothing(), 0, least, most, 0, Tally.NONE);
        for (int holding = 0; holding < nothing(); holding++) {
            double price = price(holding, tick, launchTicks);
            if (tick + launchTicks <= ticks && !Double.isInfinite(price)) {
                Tally tally = Tally.of(1, holding == onDemand(), launchTicks);
                take(here, nothing(), layer(tick + launchTicks), holding, launchWork, least, most, price, tally);
            }
        }
        for (int holding = 0; holding < nothing(); holding++) {
            double price = price(holding, tick, 1);
            if (!Double.isInfinite(price)) {
                Tally tally = Tally.of(0, holding == onDemand(), 1);
                take(here, holding, layer(tick + 1), holding, tickWork, least, most, price, tally);
            }
            // What runs may stop, and then do all that nothing may do.
            take(here, holding, here, nothing(), 0, least, most, 0, Tally.NONE);
        }
        if (moves.length > 0) {
            moves[tick] = Arrays.stream(here.next)
                    .map(next -> Arrays.copyOfRange(next, least, most + 1))
                    .toArray(byte[][]::new);
        }
        here.done(work);
    }

    /** Less than this can't be finished in time from here. */
    private int leastWork(int tick) {
        return Math.max(0, work - (ticks - tick) * tickWork);
    }

    private List<Holding> follow() {
        List<Holding> plan = new ArrayList<>();
        int held = nothing();
        int done = 0;
        while (done < work) {
            int from = moves[plan.size()][held][done - leastWork(plan.size())] == nothing() ? nothing() : held;
            int to = moves[plan.size()][from][done - leastWork(plan.size())];
            boolean launches = from != to && to != nothing();
            int count = launches ? launchTicks : 1;
            for (int i = 0; i < count; i++) {
                Duration started = traces.gap().multipliedBy(i);
                boolean starts = launches && terms.changeover().compareTo(started) > 0;
                plan.add(holding(to, starts ? terms.changeover().minus(started) : Duration.ZERO));
            }
            done += to == nothing() ? 0 : launches ? launchWork : tickWork;
            held = to;
        }
        return plan;
    }

    private Holding holding(int index, Duration startUpLeft) {
        if (index == nothing()) {
            return new Holding.Nothing();
        }
        return index == onDemand()
                ? new Holding.OnDemand(startUpLeft)
                : new Holding.Spot(traces.markets().get(index), startUpLeft);
    }

    private record Tally(int launches, int spotTicks, int onDemandTicks) {
        static final Tally NONE = new Tally(0, 0, 0);

        static Tally of(int launches, boolean onDemand, int ticks) {
            return new Tally(launches, onDemand ? 0 : ticks, onDemand ? ticks : 0);
        }
    }

    /** Takes the move from {@code (here, from)} to {@code (there, to)} wherever it is better than what is known. */
    private void take(
            Layer here, int from, Layer there, int to, int made, int least, int most, double price, Tally tally) {
        double[] costs = here.cost[from];
        double[] next = there.cost[to];
        for (int done = least; done <= most; done++) {
            int then = Math.min(work, done + made);
            double cost = price + next[then];
            if (cost < costs[done]) {
                costs[done] = cost;
                here.next[from][done] = (byte) to;
                here.launches[from][done] = there.launches[to][then] + tally.launches();
                here.spotTicks[from][done] = there.spotTicks[to][then] + tally.spotTicks();
                here.onDemandTicks[from][done] = there.onDemandTicks[to][then] + tally.onDemandTicks();
            }
        }
    }

    /** Of {@code count} ticks from {@code tick} on; infinite where the market is not open all the time. */
    private double price(int holding, int tick, int count) {
        if (holding == onDemand()) {
            return count * terms.onDemandPerHour() * tickHours;
        }
        double price = 0;
        for (int i = start + tick; i < start + tick + count; i++) {
            if (i >= traces.ticks() || !traces.isOpen(holding, i)) {
                return Double.POSITIVE_INFINITY;
            }
            price += traces.pricePerHour(holding, i) * tickHours;
        }
        return price;
    }

    private Layer layer(int tick) {
        return layers[tick % layers.length];
    }

    private int onDemand() {
        return traces.markets().size();
    }

    private int nothing() {
        return traces.markets().size() + 1;
    }

    private static long gcd(long a, long b) {
        return BigInteger.valueOf(a).gcd(BigInteger.valueOf(b)).longValueExact();
    }
}
