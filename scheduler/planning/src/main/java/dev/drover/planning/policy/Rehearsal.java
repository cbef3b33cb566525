package dev.drover.planning.policy;

import dev.drover.planning.policy.Purchase.Why;
import dev.drover.protocol.market.Market;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A job in one future: what it buys, tick by tick, what it pays, and when it is done.
 *
 * <p>All its shards do the same. A tick is the time to the next look, as in the live pool; what is lost is lost between two. A
 * launched instance starts up for the changeover, no work is lost with one, and the last one is paid for until the work is done.
 */
final class Rehearsal {
    private static final Holding NOTHING = new Holding.Nothing();

    private final PlannedJob job;
    private final LadderMarkets markets;
    private final SpotFuture future;
    private final PurchasePolicy paced;
    private final PurchasePolicy rule;
    private final Duration changeover;
    private final Duration tick;
    private final double onDemandPricePerHour;

    private Duration elapsed = Duration.ZERO;
    private Duration done = Duration.ZERO;
    private int shardsLeft;
    private Holding holding = NOTHING;
    private int held = -1;
    private List<Quote> looks;
    private Optional<Market> lostLast = Optional.empty();
    private SpotExperience experience;
    private double cost;
    private double hoursOnSpot;
    private double hoursOnDemand;
    private double hoursOfShards;
    private int launches;
    private OptionalDouble doneWithinBudget = OptionalDouble.empty();

    /**
     * A job at its submission.
     *
     * @param paced what chooses until the deadline, where there is one
     * @param rule what chooses otherwise
     */
    Rehearsal(
            PlannedJob job,
            LadderMarkets markets,
            SpotFuture future,
            PurchasePolicy paced,
            PurchasePolicy rule,
            Duration changeover,
            Duration tick) {
        this.job = job;
        this.markets = markets;
        this.future = future;
        this.paced = paced;
        this.rule = rule;
        this.changeover = changeover;
        this.tick = tick;
        this.onDemandPricePerHour =
                markets.onDemand().map(LadderMarkets.Place::pricePerHour).orElse(0.0);
        this.looks = looks();
        this.shardsLeft = job.shards();
        this.experience = markets.experience();
    }

    boolean isDone() {
        return shardsLeft == 0;
    }

    double hours() {
        return Ages.hours(elapsed);
    }

    double cost() {
        return cost;
    }

    /** Of all shards. */
    double hoursOnSpot() {
        return hoursOnSpot;
    }

    double hoursOnDemand() {
        return hoursOnDemand;
    }

    /** Launches of a shard after its first one, on average. */
    double moves() {
        return Math.max(0, launches - 1.0);
    }

    /** The part of the work that is done when the budget is spent; absent where it is enough. */
    OptionalDouble doneWithinBudget() {
        return doneWithinBudget;
    }

    void tick() {
        if (held >= 0 && !future.isOpen(held)) {
            lostLast = Optional.of(markets.spot().get(held).market());
            hold(NOTHING);
        }
        Situation situation = situation();
        boolean inTime =
                job.deadline().filter(due -> elapsed.compareTo(due) < 0).isPresent();
        take((inTime ? paced : rule).choose(situation));
        work();
        future.next();
        looks = looks();
        experience = experience.aged(looks, tick);
    }

    /** As the markets are, whatever the ladder hides. */
    private List<Quote> looks() {
        List<Quote> seen = new ArrayList<>(markets.spot().size());
        for (int i = 0; i < markets.spot().size(); i++) {
            seen.add(markets.spot().get(i).quote(future.isOpen(i)));
        }
        return seen;
    }

    /** A rung is open only while none before it is; what is held stays. */
    private List<Quote> quotes() {
        List<LadderMarkets.Place> spot = markets.spot();
        int first = 0;
        while (first < spot.size() && !future.isOpen(first)) {
            first++;
        }
        if (first == spot.size() || spot.get(first).rung() == spot.getLast().rung()) {
            return looks;
        }
        List<Quote> quotes = new ArrayList<>(looks);
        for (int i = first; i < spot.size(); i++) {
            boolean hidden = i != held && spot.get(i).rung() != spot.get(first).rung();
            quotes.set(i, hidden ? spot.get(i).quote(false) : looks.get(i));
        }
        return quotes;
    }

    private Situation situation() {
        return new Situation(
                elapsed,
                job.deadline().orElse(Duration.ZERO),
                done,
                job.work(),
                changeover,
                tick,
                holding,
                quotes(),
                onDemandPricePerHour,
                lostLast,
                experience);
    }

    private void take(Purchase purchase) {
        Holding wanted = switch (purchase) {
            case Purchase.Nothing ignored -> NOTHING;
            case Purchase.Spot(Market market, Why ignored) ->
                holding instanceof Holding.Spot(Market known, Duration left) && known.equals(market)
                        ? holding
                        : new Holding.Spot(market, changeover);
            case Purchase.OnDemand ignored ->
                holding instanceof Holding.OnDemand ? holding : new Holding.OnDemand(changeover);
        };
        if (wanted != holding) {
            launches += wanted == NOTHING ? 0 : 1;
            hold(wanted);
        }
    }

    private void hold(Holding wanted) {
        holding = wanted;
        held = wanted instanceof Holding.Spot(Market market, Duration ignored) ? markets.indexOf(market) : -1;
    }

    /** Until the next look, or until all is done. Shards that found no room follow on the same nodes. */
    private void work() {
        Duration left = tick;
        while (left.isPositive() && shardsLeft > 0) {
            Duration startsUp = least(holding.startUpLeft(), left);
            Duration workLeft = job.work().minus(done);
            Duration made = holding == NOTHING ? Duration.ZERO : least(left.minus(startsUp), workLeft);
            int shards = Math.min(job.atOnce(), shardsLeft);
            boolean finishes = made.equals(workLeft);
            Duration passed = finishes ? startsUp.plus(made) : left;
            pay(Ages.hours(passed), shards, Ages.hours(made) * shards);
            elapsed = elapsed.plus(passed);
            left = left.minus(passed);
            done = finishes ? Duration.ZERO : done.plus(made);
            shardsLeft -= finishes ? shards : 0;
            startedUpFor(startsUp);
        }
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void startedUpFor(Duration time) {
        if (!time.isZero()) {
            holding = switch (holding) {
                case Holding.Nothing nothing -> nothing;
                case Holding.Spot(Market market, Duration left) -> new Holding.Spot(market, left.minus(time));
                case Holding.OnDemand(Duration left) -> new Holding.OnDemand(left.minus(time));
            };
        }
    }

    private void pay(double hours, int shards, double made) {
        double price = switch (holding) {
            case Holding.Nothing ignored -> 0;
            case Holding.Spot ignored -> {
                hoursOnSpot += hours * shards;
                yield markets.spot().get(held).pricePerHour();
            }
            case Holding.OnDemand ignored -> {
                hoursOnDemand += hours * shards;
                yield onDemandPricePerHour;
            }
        };
        double bill = price * hours * shards;
        double limit = job.budget().orElse(Double.POSITIVE_INFINITY);
        if (doneWithinBudget.isEmpty() && cost + bill > limit) {
            double all = Ages.hours(job.work()) * job.shards();
            doneWithinBudget = OptionalDouble.of((hoursOfShards + made * (limit - cost) / bill) / all);
        }
        cost += bill;
        hoursOfShards += made;
    }
}
