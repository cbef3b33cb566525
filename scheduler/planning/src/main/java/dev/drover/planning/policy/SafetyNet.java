package dev.drover.planning.policy;

import dev.drover.planning.policy.Purchase.Why;
import java.time.Duration;

/** What keeps a deadline, whatever a policy would rather do. */
final class SafetyNet {
    private SafetyNet() {}

    /**
     * The rule of Wu et al., "Can't Be Late" (NSDI'24), in whole ticks, rounded against us: with no more time left than the work
     * and two changeovers, nothing that is not spot already becomes it; with no more than the work and one changeover, only a
     * spot instance that works goes on, and everything else goes on demand.
     */
    static Purchase held(Situation situation, Purchase wish) {
        long tick = situation.tick().toMillis();
        long left = situation.timeLeft().toMillis() / tick * tick;
        long changeover = situation.changeover().toMillis();
        long work = situation.workLeft().toMillis();
        boolean onSpot = situation.holding() instanceof Holding.Spot;
        if (ticks(work + changeover, tick) * tick >= left) {
            return situation.holding() instanceof Holding.Spot(var market, Duration startUp) && startUp.isZero()
                    ? new Purchase.Spot(market, Why.STAYS)
                    : new Purchase.OnDemand(Why.DEADLINE_NEAR);
        }
        boolean bothWays = ticks(work + 2 * changeover, tick) * tick >= left;
        return bothWays && !onSpot ? new Purchase.OnDemand(Why.DEADLINE_NEAR) : wish;
    }

    /**
     * Whether after one tick of {@code wish} the job can still be finished on demand in time, even if whatever it runs on is
     * taken away just then. Exact: it gives no time away.
     */
    static boolean holds(Situation situation, Purchase wish) {
        long tick = situation.tick().toMillis();
        long ticksLeft = situation.timeLeft().toMillis() / tick;
        long work = situation.workLeft().toMillis();
        long startUp = startUp(situation, wish).toMillis();
        boolean worksOn = !(wish instanceof Purchase.Nothing);
        long made = worksOn ? Math.max(tick - startUp, 0) : 0;
        if (worksOn && made >= work) {
            return ticksLeft >= 1;
        }
        if (wish instanceof Purchase.OnDemand) {
            return ticks(work + startUp, tick) <= ticksLeft;
        }
        return ticks(work - made + situation.changeover().toMillis(), tick) <= ticksLeft - 1;
    }

    /** How long {@code wish} is paid for from now before it works. */
    private static Duration startUp(Situation situation, Purchase wish) {
        Holding holding = situation.holding();
        return switch (wish) {
            case Purchase.Nothing ignored -> Duration.ZERO;
            case Purchase.Spot(var market, Why ignored) ->
                holding instanceof Holding.Spot(var held, Duration left) && held.equals(market)
                        ? left
                        : situation.changeover();
            case Purchase.OnDemand ignored ->
                holding instanceof Holding.OnDemand(Duration left) ? left : situation.changeover();
        };
    }

    private static long ticks(long millis, long tick) {
        return Math.ceilDiv(millis, tick);
    }
}
