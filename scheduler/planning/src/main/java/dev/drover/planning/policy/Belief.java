package dev.drover.planning.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * What a policy takes for true of a job's spot markets: for each age of {@link Ages} how often, per hour, a spell ends.
 *
 * <p>It starts from one general fact: spells are heavy-tailed, so that what has lasted for long goes on for long. Their ends per
 * hour fall with the age {@code a} as those of a Lomax distribution, {@code 0.75 / (a + 20 min)}; the prior has this, rounded,
 * for open and for closed spells alike. It weighs as much as {@value #PRIOR_WEIGHT} ends seen at each age.
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

    private static final double[] PRIOR_PER_HOUR = {1.5, 0.75, 0.33, 0.15, 0.06};

    /** How many losses the first guess of {@code elsewhere} weighs: that each other market is as likely open as not. */
    private static final double ELSEWHERE_WEIGHT = 4;

    Belief {
        losses = List.copyOf(losses);
        lossesTogether = List.copyOf(lossesTogether);
        returns = List.copyOf(returns);
    }

    static Belief prior(int markets) {
        return after(Rates.NONE, Spells.UNSEEN, markets, 0, 0);
    }

    /**
     * What to believe after what was seen.
     *
     * @param losses of all markets, added up
     * @param together of having any
     * @param lost how often a market was lost, and {@code lostWithAnotherOpen} how often another one was open then
     */
    static Belief after(Rates losses, Spells together, int markets, int lost, int lostWithAnotherOpen) {
        double guess = 1 - Math.pow(0.5, markets - 1);
        double elsewhere =
                markets <= 1 ? 0 : (guess * ELSEWHERE_WEIGHT + lostWithAnotherOpen) / (ELSEWHERE_WEIGHT + lost);
        List<Double> one = new ArrayList<>();
        List<Double> all = new ArrayList<>();
        List<Double> back = new ArrayList<>();
        for (int age = 0; age < Ages.COUNT; age++) {
            double prior = PRIOR_PER_HOUR[age];
            double loss = losses.perHour(age, prior, PRIOR_WEIGHT);
            one.add(loss);
            all.add(markets <= 1 ? loss : together.losses().perHour(age, loss * (1 - elsewhere), PRIOR_WEIGHT));
            back.add(together.returns().perHour(age, prior, PRIOR_WEIGHT));
        }
        return new Belief(one, all, back, elsewhere);
    }

    /** How often, per hour, a spell of this age ends, before anything was seen. */
    static double priorPerHour(int age) {
        return PRIOR_PER_HOUR[age];
    }

    double lossesPerHour(int age) {
        return losses.get(age);
    }
}
