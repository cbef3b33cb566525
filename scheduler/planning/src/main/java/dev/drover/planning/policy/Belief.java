package dev.drover.planning.policy;

import dev.drover.planning.policy.AdaptivePolicy.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a policy takes for true of a job's spot markets: for each age of {@link Ages} how often, per hour, a spell ends.
 *
 * <p>It starts from two general facts. Spells are heavy-tailed, so that what has lasted for long goes on for long: their ends per
 * hour fall with the age {@code a} as those of a Lomax distribution, {@code 0.75 / (a + 20 min)}; the prior has this, rounded,
 * for open and for closed spells alike, and weighs as much as {@value #PRIOR_WEIGHT} ends seen at each age. And what is
 * scarce is scarce in both ways: where spot is seldom to be had, it is soon gone again ({@link #scarcity}).
 *
 * @param losses of one open market
 * @param lossesTogether ends of having any open market
 * @param returns ends of having none
 * @param elsewhere how likely another market is open when one is lost
 */
record Belief(List<Double> losses, List<Double> lossesTogether, List<Double> returns, double elsewhere) {
    static final double PRIOR_WEIGHT = 2;

    /** How many losses of its own make a market's record weigh as much as all markets' together. */
    static final double MARKET_WEIGHT = 6;

    private static final List<Double> PRIOR_PER_HOUR = List.of(1.5, 0.75, 0.33, 0.15, 0.06);

    /** The same for those who don't look at the age: of a spell that lasts three hours. */
    private static final double PRIOR_AT_ANY_AGE_PER_HOUR = 0.33;

    /** How many ends the first guess of the scarcity weighs: that it is as the prior has it. */
    private static final double SCARCITY_WEIGHT = 4;

    /** How many losses the first guess of {@code elsewhere} weighs: that each other market is as likely open as not. */
    private static final double ELSEWHERE_WEIGHT = 4;

    Belief {
        losses = List.copyOf(losses);
        lossesTogether = List.copyOf(lossesTogether);
        returns = List.copyOf(returns);
    }

    /**
     * What was seen.
     *
     * @param losses of all markets, added up
     * @param together of having any
     * @param lost how often a market was lost, and {@code lostWithAnotherOpen} how often another one was open then
     */
    record Evidence(Rates losses, Spells together, int markets, int lost, int lostWithAnotherOpen) {
        static Evidence none(int markets) {
            return new Evidence(Rates.NONE, Spells.UNSEEN, markets, 0, 0);
        }
    }

    /** What to believe after what was seen. */
    static Belief after(Evidence seen) {
        return after(seen, Set.of());
    }

    static Belief after(Evidence all, Set<Part> without) {
        Evidence seen = without.contains(Part.LEARNING) ? Evidence.none(all.markets()) : all;
        boolean aging = !without.contains(Part.AGES);
        double scarcity = without.contains(Part.SCARCITY) ? 1 : scarcity(seen);
        double elsewhere = elsewhere(seen);
        List<Double> one = new ArrayList<>();
        List<Double> any = new ArrayList<>();
        List<Double> none = new ArrayList<>();
        for (int age = 0; age < Ages.COUNT; age++) {
            double prior = aging ? PRIOR_PER_HOUR.get(age) : PRIOR_AT_ANY_AGE_PER_HOUR;
            double loss = perHour(seen.losses(), aging, age, prior * scarcity);
            one.add(loss);
            any.add(seen.markets() <= 1 ? loss : perHour(seen.together().losses(), aging, age, loss * (1 - elsewhere)));
            none.add(perHour(seen.together().returns(), aging, age, prior));
        }
        return new Belief(one, any, none, elsewhere);
    }

    private static double perHour(Rates rates, boolean aging, int age, double prior) {
        return aging ? rates.perHour(age, prior, PRIOR_WEIGHT) : rates.perHourAtAnyAge(prior, PRIOR_WEIGHT);
    }

    /**
     * How many times as often open spells end as the prior has it. Long closed spells count as well as short open ones: seen from the
     * prior, both say that there is little to be had.
     */
    private static double scarcity(Evidence seen) {
        Rates losses = seen.losses();
        Rates returns = seen.together().returns();
        return (SCARCITY_WEIGHT + losses.allEnds() + returns.endsAt(PRIOR_PER_HOUR))
                / (SCARCITY_WEIGHT + losses.endsAt(PRIOR_PER_HOUR) + returns.allEnds());
    }

    private static double elsewhere(Evidence seen) {
        if (seen.markets() <= 1) {
            return 0;
        }
        double guess = 1 - Math.pow(0.5, seen.markets() - 1);
        return (guess * ELSEWHERE_WEIGHT + seen.lostWithAnotherOpen()) / (ELSEWHERE_WEIGHT + seen.lost());
    }

    /** How often, per hour, a spell of this age ends, before anything was seen. */
    static double priorPerHour(int age) {
        return PRIOR_PER_HOUR.get(age);
    }

    double lossesPerHour(int age) {
        return losses.get(age);
    }
}
