package dev.drover.simulation.trace;

import dev.drover.planning.policy.Holding;
import dev.drover.planning.policy.Purchase;
import dev.drover.planning.policy.PurchasePolicy;
import dev.drover.planning.policy.Quote;
import dev.drover.planning.policy.Situation;
import dev.drover.planning.policy.SpotExperience;
import dev.drover.protocol.market.Market;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One job, replayed against spot markets, tick by tick: book the last tick's work, stop if all is done, lose what is no
 * longer open, ask the policy, launch, pay for the tick. Whole ticks are paid for, at their price. A launched instance first starts
 * up for the changeover; leaving one costs nothing.
 */
public final class Replay {
    private static final Holding NOTHING = new Holding.Nothing();

    /** Told what was held in each tick. */
    public interface Watcher {
        void tick(int tick, Holding holding, Purchase.Why why);
    }

    private final SpotMarkets spot;
    private final JobTerms terms;
    private final int start;
    private final double tickHours;

    private Duration done = Duration.ZERO;
    private Holding holding = NOTHING;
    private Optional<Market> lostLast = Optional.empty();
    private SpotExperience experience = SpotExperience.NONE;
    private double cost;
    private int launches;
    private int spotTicks;
    private int onDemandTicks;

    private Replay(SpotMarkets spot, JobTerms terms, int start) {
        this.spot = spot;
        this.terms = terms;
        this.start = start;
        this.tickHours = spot.gap().toMillis() / 3_600_000.0;
    }

    /**
     * What the job costs under the policy.
     *
     * @param start the tick at which the job is submitted
     * @throws TraceException if the markets end before the job and its deadline do
     */
    public static Outcome run(SpotMarkets spot, JobTerms terms, int start, PurchasePolicy policy) {
        return run(spot, terms, start, policy, (tick, holding, why) -> {});
    }

    /** As above, and tells {@code watcher} each tick. */
    public static Outcome run(SpotMarkets spot, JobTerms terms, int start, PurchasePolicy policy, Watcher watcher) {
        return new Replay(spot, terms, start).run(policy, watcher);
    }

    private Outcome run(PurchasePolicy policy, Watcher watcher) {
        Duration elapsed = Duration.ZERO;
        for (int tick = start; ; tick++) {
            if (tick > start) {
                work();
            }
            if (done.compareTo(terms.work()) >= 0) {
                boolean missed = elapsed.compareTo(terms.deadline()) > 0;
                return new Outcome(cost, launches, missed, spotTicks * tickHours, onDemandTicks * tickHours);
            }
            if (tick >= spot.ticks()) {
                if (elapsed.plus(spot.gap()).compareTo(terms.deadline()) > 0) {
                    return new Outcome(cost, launches, true, spotTicks * tickHours, onDemandTicks * tickHours);
                }
                throw new TraceException("start: %d is too late; the traces end at tick %d, before the deadline"
                        .formatted(start, spot.ticks()));
            }
            lose(tick);
            List<Quote> quotes = quotes(tick);
            experience = experience.after(quotes, spot.gap());
            Purchase purchase = policy.choose(situation(elapsed, quotes));
            take(purchase, tick);
            pay(tick);
            watcher.tick(tick, holding, purchase.why());
            elapsed = elapsed.plus(spot.gap());
        }
    }

    private void work() {
        Duration startUp = holding.startUpLeft();
        boolean starts = startUp.compareTo(spot.gap()) >= 0;
        Duration left = starts ? startUp.minus(spot.gap()) : Duration.ZERO;
        Duration made = starts ? Duration.ZERO : spot.gap().minus(startUp);
        switch (holding) {
            case Holding.Nothing ignored -> {}
            case Holding.Spot(Market market, Duration ignored) -> {
                done = done.plus(made);
                holding = startUp.isZero() ? holding : new Holding.Spot(market, left);
            }
            case Holding.OnDemand ignored -> {
                done = done.plus(made);
                holding = startUp.isZero() ? holding : new Holding.OnDemand(left);
            }
        }
    }

    private void lose(int tick) {
        if (holding instanceof Holding.Spot(Market market, Duration ignored)
                && !spot.isOpen(spot.markets().indexOf(market), tick)) {
            lostLast = Optional.of(market);
            holding = NOTHING;
        }
    }

    private List<Quote> quotes(int tick) {
        List<Quote> quotes = new ArrayList<>(spot.markets().size());
        for (int zone = 0; zone < spot.markets().size(); zone++) {
            quotes.add(new Quote(spot.markets().get(zone), spot.pricePerHour(zone, tick), spot.isOpen(zone, tick)));
        }
        return quotes;
    }

    private Situation situation(Duration elapsed, List<Quote> quotes) {
        return new Situation(
                elapsed,
                terms.deadline(),
                done,
                terms.work(),
                terms.changeover(),
                spot.gap(),
                holding,
                quotes,
                terms.onDemandPerHour(),
                lostLast,
                experience);
    }

    private void take(Purchase purchase, int tick) {
        switch (purchase) {
            case Purchase.Nothing ignored -> holding = NOTHING;
            case Purchase.Spot(Market market, Purchase.Why ignored) -> {
                boolean goesOn = holding instanceof Holding.Spot(Market held, Duration left) && held.equals(market);
                if (!goesOn) {
                    if (!spot.isOpen(spot.markets().indexOf(market), tick)) {
                        throw new IllegalStateException(market + " was chosen at tick " + tick + ", but is not open");
                    }
                    launches++;
                    holding = new Holding.Spot(market, terms.changeover());
                }
            }
            case Purchase.OnDemand ignored -> {
                if (!(holding instanceof Holding.OnDemand)) {
                    launches++;
                    holding = new Holding.OnDemand(terms.changeover());
                }
            }
        }
    }

    private void pay(int tick) {
        switch (holding) {
            case Holding.Nothing ignored -> {}
            case Holding.Spot(Market market, Duration ignored) -> {
                cost += spot.pricePerHour(spot.markets().indexOf(market), tick) * tickHours;
                spotTicks++;
            }
            case Holding.OnDemand ignored -> {
                cost += terms.onDemandPerHour() * tickHours;
                onDemandTicks++;
            }
        }
    }
}
