package dev.drover.simulation.trace;

import dev.drover.planning.policy.Holding;
import dev.drover.planning.policy.Purchase;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Markets out of a seed: some follow chance, some look at what the job holds and do it the worst turn. */
final class SeededMarkets implements SpotMarkets, Replay.Watcher {
    private static final int MOST_MARKETS = 3;

    /** As fractions of the price on demand. Few, so that a policy need not forecast anew for each; the last are spikes above it. */
    private static final double[] PRICE_LEVELS = {0.3, 0.6, 0.95, 1.5, 4};

    /** How a market decides whether it is open in the next tick. */
    enum Shape {
        NEVER,
        ALWAYS,
        /** Open and closed in turn. */
        FLAPPING,
        /** As a coin falls. */
        COIN,
        /** Open and closed spells with heavy tails. */
        HEAVY_TAILED,
        /** Gone as soon as the job has launched in it, back once it has left. */
        GONE_AFTER_LAUNCH,
        /** Gone when what was launched begins to work: the changeover is paid, and nothing made. */
        GONE_AFTER_CHANGEOVER,
        /** There until the job has no tick to lose any more, then gone for good. */
        GONE_AT_LEAST_SLACK,
        /** Gone at that moment, too, but back and gone by turns from then on. */
        FLAPPING_AT_LEAST_SLACK,
        /** Open only while the job runs on demand, to lure it away. */
        LURE,
        /** Likely to be gone when the job holds it, and to be there when it does not. */
        SPITE
    }

    private final SplittableRandom random;
    private final Duration gap;
    private final JobTerms terms;
    private final List<Market> markets = new ArrayList<>();
    private final List<Shape> shapes = new ArrayList<>();
    private final boolean[] open;
    private final int[] spellLeft;
    private final double[] price;
    private final boolean spikes;

    private Duration done = Duration.ZERO;

    SeededMarkets(SplittableRandom random, Duration gap, JobTerms terms) {
        this.random = random;
        this.gap = gap;
        this.terms = terms;
        int count = 1 + random.nextInt(MOST_MARKETS);
        boolean alike = random.nextInt(3) > 0;
        for (int i = 0; i < count; i++) {
            shapes.add(alike && i > 0 ? shapes.getFirst() : anyShape());
            String region = "region-" + random.nextInt(2);
            markets.add(new Market("seeded", region, region + (char) ('a' + i), "any", CapacityType.SPOT));
        }
        this.open = new boolean[count];
        this.spellLeft = new int[count];
        this.price = new double[count];
        this.spikes = random.nextInt(4) == 0;
        for (int i = 0; i < count; i++) {
            open[i] = random.nextBoolean();
            price[i] = terms.onDemandPerHour() * PRICE_LEVELS[random.nextInt(2)];
        }
        next(0, new Holding.Nothing());
    }

    private Shape anyShape() {
        return Shape.values()[random.nextInt(Shape.values().length)];
    }

    List<Shape> shapes() {
        return shapes;
    }

    @Override
    public void tick(int tick, Holding holding, Purchase.Why why) {
        if (!(holding instanceof Holding.Nothing) && holding.startUpLeft().compareTo(gap) < 0) {
            done = done.plus(gap.minus(holding.startUpLeft()));
        }
        next(tick + 1, holding);
    }

    private void next(int tick, Holding holding) {
        for (int i = 0; i < open.length; i++) {
            open[i] = isOpenNext(i, tick, holding);
            if (spikes && random.nextInt(40) == 0) {
                price[i] = terms.onDemandPerHour() * PRICE_LEVELS[random.nextInt(PRICE_LEVELS.length)];
            }
        }
    }

    private boolean isOpenNext(int i, int tick, Holding holding) {
        boolean held = holding instanceof Holding.Spot(Market market, var ignored) && market.equals(markets.get(i));
        return switch (shapes.get(i)) {
            case NEVER -> false;
            case ALWAYS -> true;
            case FLAPPING -> !open[i];
            case COIN -> random.nextBoolean();
            case HEAVY_TAILED -> heavyTailed(i);
            case GONE_AFTER_LAUNCH -> !held;
            case GONE_AFTER_CHANGEOVER -> !held || holding.startUpLeft().compareTo(gap) > 0;
            case GONE_AT_LEAST_SLACK -> ticksToLose(tick) > 0;
            case FLAPPING_AT_LEAST_SLACK -> ticksToLose(tick) > 0 || !open[i];
            case LURE -> holding instanceof Holding.OnDemand;
            case SPITE -> random.nextInt(10) < (held ? 3 : 8);
        };
    }

    private boolean heavyTailed(int i) {
        if (spellLeft[i] > 0) {
            spellLeft[i]--;
            return open[i];
        }
        // Pareto with shape 1: a spell that has lasted is likely to go on.
        spellLeft[i] = (int) Math.min(1 / (1 - random.nextDouble()), 1000) - 1;
        return !open[i];
    }

    /** How many ticks may pass without work before only on demand can keep the deadline. */
    private long ticksToLose(int tick) {
        Duration needed = terms.work().minus(done).plus(terms.changeover());
        return terms.deadlineTicks(gap) - tick - Math.ceilDiv(needed.toMillis(), gap.toMillis());
    }

    @Override
    public List<Market> markets() {
        return markets;
    }

    @Override
    public Duration gap() {
        return gap;
    }

    @Override
    public int ticks() {
        return terms.deadlineTicks(gap);
    }

    @Override
    public boolean isOpen(int market, int tick) {
        return open[market];
    }

    @Override
    public double pricePerHour(int market, int tick) {
        return price[market];
    }
}
