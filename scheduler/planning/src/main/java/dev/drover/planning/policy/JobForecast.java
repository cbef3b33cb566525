package dev.drover.planning.policy;

import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What a job is expected to cost and when to be done: the pool's own policy, rehearsed in many futures that are drawn from what is
 * believed of the markets. Pure: the same state, observations and job give the same forecast.
 *
 * <p>Not foreseen: prices that move, work that is lost with a node, and what other jobs take meanwhile.
 */
public final class JobForecast {
    /** So that the mean is known to 2 %, and where a tenth is to 1.5 % of the futures, within seconds. */
    static final int FUTURES = 500;

    /** A look of the plan is longer than one of the pool where there would be more than so many before the deadline. */
    private static final int MOST_LOOKS = 1_000;

    /** How far the futures go, in times of what the job needs, and besides. */
    private static final int FORESIGHT = 4;

    private static final Duration FORESIGHT_BESIDES = Duration.ofDays(7);

    private static final double LOW = 0.1;
    private static final double HIGH = 0.9;

    private final LadderMarkets markets;
    private final PlannedJob job;
    private final Duration changeover;
    private final Duration foresight;
    private final List<Rehearsal> rehearsals;

    private JobForecast(
            LadderMarkets markets,
            PlannedJob job,
            Duration changeover,
            Duration foresight,
            List<Rehearsal> rehearsals) {
        this.markets = markets;
        this.job = job;
        this.changeover = changeover;
        this.foresight = foresight;
        this.rehearsals = rehearsals;
    }

    /** Of a job that is submitted now, where there is anything that it may buy. */
    public static JobForecast of(PoolSpec pool, LadderMarkets markets, PlannedJob job) {
        Duration changeover = markets.seen().history().changeover(pool);
        Duration needed = job.work().plus(changeover).multipliedBy(job.rounds());
        Duration aim = job.deadline().filter(due -> due.compareTo(needed) > 0).orElse(needed);
        Duration tick = longest(pool.backoff().longest(), aim.dividedBy(MOST_LOOKS));
        SpotChances chances = new SpotChances(markets, Ages.hours(tick));
        PurchasePolicy rule = markets.rule();
        PurchasePolicy paced =
                markets.isPaced() ? PurchasePolicy.of(pool.buying().policy()) : rule;
        List<Rehearsal> rehearsals = new ArrayList<>();
        for (int number = 0; number < FUTURES; number++) {
            SpotFuture future = new SpotFuture(markets, chances, number);
            rehearsals.add(new Rehearsal(job, markets, future, paced, rule, changeover, tick));
        }
        Duration foresight = aim.multipliedBy(FORESIGHT).plus(FORESIGHT_BESIDES);
        rehearse(rehearsals, foresight.dividedBy(tick));
        return new JobForecast(markets, job, changeover, foresight, rehearsals);
    }

    /** All futures together, tick by tick: so the policy weighs alike situations one after the other. */
    private static void rehearse(List<Rehearsal> rehearsals, long ticks) {
        List<Rehearsal> going = new ArrayList<>(rehearsals);
        for (long tick = 0; tick < ticks && !going.isEmpty(); tick++) {
            going.forEach(Rehearsal::tick);
            going.removeIf(Rehearsal::isDone);
        }
    }

    private static Duration longest(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** What is expected, and what 10 and 90 % of the futures stay below. */
    public record Range(double low, double expected, double high) {}

    /** To finish the job, whatever its budget. */
    public Range cost() {
        return new Range(quantile(Rehearsal::cost, LOW), mean(Rehearsal::cost), quantile(Rehearsal::cost, HIGH));
    }

    /** Until the last shard is done, in hours: the one that is expected is the median. Infinite is what no end was seen of. */
    public Range hours() {
        return new Range(
                quantile(JobForecast::end, LOW), quantile(JobForecast::end, 0.5), quantile(JobForecast::end, HIGH));
    }

    private static double end(Rehearsal rehearsal) {
        return rehearsal.isDone() ? rehearsal.hours() : Double.POSITIVE_INFINITY;
    }

    /** All of it on demand, from now on; absent where that is not sold. */
    public OptionalDouble costOnDemand() {
        return markets.onDemand().stream()
                .mapToDouble(place -> place.pricePerHour() * hoursPaid())
                .findFirst();
    }

    /** The least it can cost: the cheapest market, open all the time. */
    public double leastCost() {
        return markets.leastPerHour() * hoursPaid();
    }

    private double hoursPaid() {
        return Ages.hours(job.work()) * job.shards() + Ages.hours(changeover) * job.atOnce();
    }

    /** The time that it takes without any interruption, on nodes launched now. */
    public Duration undisturbed() {
        return job.work().multipliedBy(job.rounds()).plus(changeover);
    }

    /** Whether that is in time. */
    public boolean isDeadlineFeasible() {
        return job.deadline().filter(due -> undisturbed().compareTo(due) > 0).isEmpty();
    }

    /** Whether the budget pays for the least that it can cost. */
    public boolean isBudgetFeasible() {
        return job.budget().filter(limit -> leastCost() > limit).isEmpty();
    }

    /** The part of the futures in which it is done in time. */
    public double oddsOfDeadline() {
        double due = job.deadline().map(Ages::hours).orElse(Double.POSITIVE_INFINITY);
        return part(rehearsal -> rehearsal.isDone() && rehearsal.hours() <= due);
    }

    /** The part of the futures in which the budget is enough. */
    public double oddsOfBudget() {
        return job.budget().map(this::oddsWithin).orElse(1.0);
    }

    /** The part of the futures that cost no more. */
    public double oddsWithin(double limit) {
        return part(rehearsal -> rehearsal.cost() <= limit);
    }

    /** How much of the work is done when the budget is spent, on average of the futures in which it is not enough. */
    public double doneWithinBudget() {
        return rehearsals.stream()
                .flatMapToDouble(rehearsal -> rehearsal.doneWithinBudget().stream())
                .average()
                .orElse(1);
    }

    /** The part of the futures in which its end was seen. */
    public double oddsOfEnd() {
        return part(Rehearsal::isDone);
    }

    public double hoursOnSpot() {
        return mean(Rehearsal::hoursOnSpot);
    }

    public double hoursOnDemand() {
        return mean(Rehearsal::hoursOnDemand);
    }

    /** Of one shard. */
    public double moves() {
        return mean(Rehearsal::moves) / job.rounds();
    }

    public int futures() {
        return rehearsals.size();
    }

    /** How far the futures go. */
    public Duration foresight() {
        return foresight;
    }

    /** Of an amount that this forecast tells. */
    public Money money(double amount) {
        return markets.money(amount);
    }

    private double mean(ToDoubleFunction<Rehearsal> of) {
        return rehearsals.stream().mapToDouble(of).average().orElseThrow();
    }

    private double part(Predicate<Rehearsal> which) {
        return rehearsals.stream().filter(which).count() / (double) rehearsals.size();
    }

    private double quantile(ToDoubleFunction<Rehearsal> of, double part) {
        double[] sorted = rehearsals.stream().mapToDouble(of).sorted().toArray();
        return sorted[(int) (part * (sorted.length - 1))];
    }
}
