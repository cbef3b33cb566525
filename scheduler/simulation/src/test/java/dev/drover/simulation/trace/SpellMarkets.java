package dev.drover.simulation.trace;

import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/** Markets, each by itself open and closed in spells that end at rates which follow from their age. All are open at first. */
final class SpellMarkets implements SpotMarkets {
    private static final Duration GAP = Duration.ofMinutes(5);

    private final List<Market> markets = new ArrayList<>();
    private final List<boolean[]> open = new ArrayList<>();
    private final double[] prices;
    private final int ticks;

    /** Of so many ticks; the rates are those of a spell that is so many hours old. */
    SpellMarkets(
            long seed,
            int ticks,
            DoubleUnaryOperator lossesPerHour,
            DoubleUnaryOperator returnsPerHour,
            double... prices) {
        this.prices = prices;
        this.ticks = ticks;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < prices.length; i++) {
            markets.add(new Market("local", "r", "zone-" + i, "m1", CapacityType.SPOT));
            open.add(spells(random.split(), ticks, lossesPerHour, returnsPerHour));
        }
    }

    private static boolean[] spells(
            SplittableRandom random, int ticks, DoubleUnaryOperator losses, DoubleUnaryOperator returns) {
        double tickHours = GAP.toMinutes() / 60.0;
        boolean[] open = new boolean[ticks];
        boolean is = true;
        int age = 0;
        for (int tick = 0; tick < ticks; tick++) {
            open[tick] = is;
            double rate = (is ? losses : returns).applyAsDouble(age * tickHours);
            boolean ends = random.nextDouble() < 1 - Math.exp(-rate * tickHours);
            is ^= ends;
            age = ends ? 0 : age + 1;
        }
        return open;
    }

    @Override
    public List<Market> markets() {
        return markets;
    }

    @Override
    public Duration gap() {
        return GAP;
    }

    @Override
    public int ticks() {
        return ticks;
    }

    @Override
    public boolean isOpen(int market, int tick) {
        return open.get(market)[tick];
    }

    @Override
    public double pricePerHour(int market, int tick) {
        return prices[market];
    }
}
