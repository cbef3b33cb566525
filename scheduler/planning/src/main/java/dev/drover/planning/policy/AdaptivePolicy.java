package dev.drover.planning.policy;

import dev.drover.planning.policy.Purchase.Why;
import dev.drover.protocol.market.Market;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Weighs each choice by what the whole job is then expected to cost ({@link SpotForecast}), with what was seen of its markets so
 * far ({@link SpotExperience}), and takes the cheapest that cannot miss the deadline ({@link SafetyNet#holds}). What runs is not
 * given up for waiting, on spot or on demand: what that seems to save is less than what a forecast is off.
 *
 * <p>It remembers forecasts only to save time: they follow from the situation alone.
 */
public final class AdaptivePolicy implements PurchasePolicy {
    private static final int FORECASTS_KEPT = 64;

    /** Forecasts are made anew, and finer, when this much of their time is left. */
    private static final double NEARER = 0.75;

    /** What one loss is held to cost when markets are compared, in hours on demand. */
    private static final double LOSS_WEIGHT = 1.0 / 3;

    /** What it is made of. All of it is used; each part can be left out, to measure what it is worth. */
    public enum Part {
        /** What was seen corrects the prior. */
        LEARNING,
        /** What has lasted goes on. Else spells are memoryless. */
        AGES,
        /** Where spot is seldom open, it is soon gone. */
        SCARCITY,
        /** Of several open markets, losses count as well as prices. Else the cheapest is taken. */
        LOSSES_RANK,
        /** On demand goes on while there is no spot. Else it may stop and wait. */
        STAYING,
        /** {@link SafetyNet#holds}. Else {@link SafetyNet#held}. */
        EXACT_NET
    }

    private final Set<Part> without;

    private final Map<SpotForecast.Terms, SpotForecast> forecasts =
            Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<SpotForecast.Terms, SpotForecast> eldest) {
                    return size() > FORECASTS_KEPT;
                }
            });

    public AdaptivePolicy() {
        this(Set.of());
    }

    private AdaptivePolicy(Set<Part> without) {
        this.without = without;
    }

    /** The policy less one of its parts. */
    public static AdaptivePolicy without(Part part) {
        return new AdaptivePolicy(Set.of(part));
    }

    @Override
    public Purchase choose(Situation situation) {
        Purchase wish = wish(situation);
        if (without.contains(Part.EXACT_NET)) {
            return SafetyNet.held(situation, wish);
        }
        if (SafetyNet.holds(situation, wish)) {
            return wish;
        }
        if (situation.holding() instanceof Holding.Spot(Market market, var ignored)) {
            Purchase stay = new Purchase.Spot(market, Why.STAYS);
            if (SafetyNet.holds(situation, stay)) {
                return stay;
            }
        }
        return new Purchase.OnDemand(Why.DEADLINE_NEAR);
    }

    private Purchase wish(Situation situation) {
        return switch (situation.holding()) {
            case Holding.Spot(Market market, var ignored) -> new Purchase.Spot(market, Why.STAYS);
            case Holding.Nothing ignored -> fromNothing(situation);
            case Holding.OnDemand ignored -> fromOnDemand(situation);
        };
    }

    private Purchase fromNothing(Situation situation) {
        double time = Ages.hours(situation.timeLeft());
        double slack = slack(situation);
        double launched = slack - Ages.hours(situation.changeover());
        Optional<Quote> best = best(situation);
        if (best.isEmpty()) {
            SpotForecast forecast = forecast(situation, typicalPrice(situation));
            int age = situation.experience().ageTogether();
            double wait = forecast.waiting(time, slack, age);
            double buy = forecast.stayingWithSpotClosed(time, launched, age);
            return wait <= buy
                    ? new Purchase.Nothing(Why.SPOT_AWAITED)
                    : new Purchase.OnDemand(Why.WAITING_NOT_WORTH_IT);
        }
        Market market = best.get().market();
        SpotForecast forecast = forecast(situation, best.get().pricePerHour());
        int age = situation.experience().age(market);
        boolean worthIt = launched < 0
                || forecast.onSpot(time, launched, age) <= forecast.stayingWithSpotOpen(time, launched, age);
        return worthIt ? new Purchase.Spot(market, Why.SPOT_OPEN) : new Purchase.OnDemand(Why.SWITCH_NOT_WORTH_IT);
    }

    private Purchase fromOnDemand(Situation situation) {
        double time = Ages.hours(situation.timeLeft());
        double slack = slack(situation);
        double stayed = slack - Ages.hours(situation.holding().startUpLeft());
        Optional<Quote> best = best(situation);
        if (best.isEmpty()) {
            return without.contains(Part.STAYING) && waitingIsCheaper(situation, time, slack, stayed)
                    ? new Purchase.Nothing(Why.SPOT_AWAITED)
                    : new Purchase.OnDemand(Why.STAYS);
        }
        Market market = best.get().market();
        SpotForecast forecast = forecast(situation, best.get().pricePerHour());
        int age = situation.experience().age(market);
        double change = forecast.onSpot(time, slack - Ages.hours(situation.changeover()), age);
        return change < forecast.stayingWithSpotOpen(time, stayed, age)
                ? new Purchase.Spot(market, Why.SPOT_OPEN)
                : new Purchase.OnDemand(Why.SWITCH_NOT_WORTH_IT);
    }

    private boolean waitingIsCheaper(Situation situation, double time, double slack, double stayed) {
        SpotForecast forecast = forecast(situation, typicalPrice(situation));
        int age = situation.experience().ageTogether();
        return forecast.waiting(time, slack, age) < forecast.stayingWithSpotClosed(time, stayed, age);
    }

    private static double slack(Situation situation) {
        return Ages.hours(situation.timeLeft().minus(situation.workLeft()));
    }

    /** The open market whose price and expected losses together cost least an hour. */
    private Optional<Quote> best(Situation situation) {
        Optional<Quote> best = Optional.empty();
        double lowest = Double.POSITIVE_INFINITY;
        double lossCost = without.contains(Part.LOSSES_RANK) ? 0 : LOSS_WEIGHT * situation.onDemandPricePerHour();
        for (Quote quote : situation.spot()) {
            double index = quote.pricePerHour() + situation.experience().lossesPerHour(quote.market()) * lossCost;
            if (quote.open() && index < lowest) {
                best = Optional.of(quote);
                lowest = index;
            }
        }
        return best;
    }

    private static double typicalPrice(Situation situation) {
        return situation.spot().stream()
                .mapToDouble(Quote::pricePerHour)
                .min()
                .orElse(situation.onDemandPricePerHour());
    }

    private SpotForecast forecast(Situation situation, double spotPrice) {
        double horizon = Ages.hours(situation.deadline());
        while (horizon * NEARER > Math.max(Ages.hours(situation.timeLeft()), Ages.hours(situation.tick()))) {
            horizon *= NEARER;
        }
        SpotForecast.Terms terms = new SpotForecast.Terms(
                situation.experience().belief(without),
                spotPrice,
                situation.onDemandPricePerHour(),
                Ages.hours(situation.changeover()),
                Ages.hours(situation.tick()),
                horizon,
                Math.min(horizon, Ages.hours(situation.deadline().minus(situation.work()))));
        return forecasts.computeIfAbsent(terms, SpotForecast::new);
    }
}
