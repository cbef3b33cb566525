package dev.drover.planning.policy;

import dev.drover.planning.input.Interruptions;
import java.util.List;

/**
 * How likely it is, within one tick, that a spell of an age ends: what is believed of a ladder's spot markets, for futures to be
 * drawn from.
 *
 * <p>Having any market open is a process of its own; beside it each market is open and closed by itself. What interrupted the
 * pool's own nodes corrects a market's losses as a whole, by the mean of a Gamma posterior:
 * {@code (2 + interruptions) / (2 + node-hours x losses per hour)}.
 */
final class SpotChances {
    final double tickHours;
    final double[][] lost;
    final double[][] returned;
    final double[] lostTogether = new double[Ages.COUNT];
    final double[] returnedTogether = new double[Ages.COUNT];

    SpotChances(LadderMarkets markets, double tickHours) {
        this.tickHours = tickHours;
        List<LadderMarkets.Place> spot = markets.spot();
        SpotExperience experience = markets.experience();
        this.lost = new double[spot.size()][Ages.COUNT];
        this.returned = new double[spot.size()][Ages.COUNT];
        double[] corrections = spot.stream()
                .mapToDouble(place -> correction(markets.interruptions(place.market()), experience.belief()))
                .toArray();
        double mean = 0;
        for (double correction : corrections) {
            mean += correction / corrections.length;
        }
        for (int age = 0; age < Ages.COUNT; age++) {
            lostTogether[age] = withinTick(experience.belief().lossesTogether().get(age) * mean);
            returnedTogether[age] = withinTick(experience.belief().returns().get(age));
            double returns = experience.returns().perHour(age, Belief.priorPerHour(age), Belief.PRIOR_WEIGHT);
            for (int i = 0; i < spot.size(); i++) {
                Spells own = experience.of(spot.get(i).market());
                double losses = own.losses().perHour(age, experience.belief().lossesPerHour(age), Belief.MARKET_WEIGHT);
                lost[i][age] = withinTick(losses * corrections[i]);
                returned[i][age] = withinTick(own.returns().perHour(age, returns, Belief.MARKET_WEIGHT));
            }
        }
    }

    private double withinTick(double perHour) {
        return 1 - Math.exp(-perHour * tickHours);
    }

    private static double correction(Interruptions seen, Belief belief) {
        double expected = seen.nodeTime().toMillis() / 3_600_000.0 / meanSpellHours(belief.losses());
        return (Belief.PRIOR_WEIGHT + seen.times()) / (Belief.PRIOR_WEIGHT + expected);
    }

    /** Of a spell that ends at these rates, from its start on. */
    static double meanSpellHours(List<Double> perHour) {
        double mean = 0;
        double left = 1;
        for (int age = 0; age < Ages.COUNT; age++) {
            double outlasts = Math.exp(-perHour.get(age) * Ages.width(age));
            mean += left * (1 - outlasts) / perHour.get(age);
            left *= outlasts;
        }
        return mean;
    }
}
