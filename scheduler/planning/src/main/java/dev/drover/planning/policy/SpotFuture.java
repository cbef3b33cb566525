package dev.drover.planning.policy;

import java.util.List;
import java.util.SplittableRandom;

/**
 * One way in which a ladder's spot markets may go on, drawn tick by tick. The same number gives the same future, whatever is
 * bought in it.
 *
 * <p>While any market is open, all close together as often as that is believed; beyond that each closes as often as is believed
 * of it, and the last to close finds another one that opens. Prices stand still.
 */
final class SpotFuture {
    private final SpotChances chances;
    private final SplittableRandom random;
    private final boolean[] open;
    private final double[] hours;
    private double hoursTogether;

    /** @param number of the future: its seed, so that all plans are made from the same draws */
    SpotFuture(LadderMarkets markets, SpotChances chances, long number) {
        List<LadderMarkets.Place> spot = markets.spot();
        this.chances = chances;
        this.random = new SplittableRandom(number);
        this.open = new boolean[spot.size()];
        this.hours = new double[spot.size()];
        for (int i = 0; i < open.length; i++) {
            open[i] = spot.get(i).open();
            hours[i] = Ages.hours(markets.experience().of(spot.get(i).market()).since());
        }
        this.hoursTogether = Ages.hours(markets.experience().together().since());
    }

    boolean isOpen(int market) {
        return open[market];
    }

    private boolean isAnyOpen() {
        for (boolean one : open) {
            if (one) {
                return true;
            }
        }
        return false;
    }

    /** One tick later. It draws as often whatever happens. */
    void next() {
        if (open.length == 0) {
            return;
        }
        int age = Ages.of(hoursTogether);
        boolean anyOpen = isAnyOpen();
        double together = random.nextDouble();
        int chosen = random.nextInt(open.length);
        double[] alone = new double[open.length];
        for (int i = 0; i < alone.length; i++) {
            alone[i] = random.nextDouble();
        }
        boolean ended = together < (anyOpen ? chances.lostTogether[age] : chances.returnedTogether[age]);
        if (ended) {
            endTogether(anyOpen, chosen);
        } else if (anyOpen) {
            changeAlone(age, chosen, alone);
        } else {
            for (int i = 0; i < open.length; i++) {
                is(i, false);
            }
        }
        hoursTogether = ended ? 0 : hoursTogether + chances.tickHours;
    }

    private void endTogether(boolean wereOpen, int chosen) {
        for (int i = 0; i < open.length; i++) {
            is(i, !wereOpen && i == chosen);
        }
    }

    private void changeAlone(int ageTogether, int chosen, double[] draws) {
        boolean[] next = open.clone();
        boolean left = false;
        for (int i = 0; i < open.length; i++) {
            boolean changes = draws[i] < (open[i] ? lostAlone(i, ageTogether) : chances.returned[i][age(i)]);
            next[i] = open[i] != changes;
            left |= next[i];
        }
        if (!left) {
            next[opensInstead(chosen)] = true;
        }
        for (int i = 0; i < open.length; i++) {
            is(i, next[i]);
        }
    }

    /** The first that was closed, from the chosen one on; the chosen one stays open where none was. */
    private int opensInstead(int chosen) {
        for (int i = 0; i < open.length; i++) {
            int next = (chosen + i) % open.length;
            if (!open[next]) {
                return next;
            }
        }
        return chosen;
    }

    /** As often as it is lost beyond the losses of all together. */
    private double lostAlone(int market, int ageTogether) {
        double all = chances.lostTogether[ageTogether];
        return Math.max(0, 1 - (1 - chances.lost[market][age(market)]) / (1 - all));
    }

    private int age(int market) {
        return Ages.of(hours[market]);
    }

    private void is(int market, boolean nowOpen) {
        hours[market] = open[market] == nowOpen ? hours[market] + chances.tickHours : 0;
        open[market] = nowOpen;
    }
}
