package dev.drover.planning;

import dev.drover.planning.policy.JobForecast;
import dev.drover.planning.policy.LadderMarkets;
import dev.drover.planning.policy.PlannedJob;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.json.DurationText;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a plan says of itself: what it was reckoned from, and what stands against it. */
final class PlanSentences {
    private final PoolSpec pool;
    private final JobSpec spec;
    private final LadderMarkets markets;
    private final PlannedBudgets budgets;

    PlanSentences(PoolSpec pool, JobSpec spec, LadderMarkets markets, PlannedBudgets budgets) {
        this.pool = pool;
        this.spec = spec;
        this.markets = markets;
        this.budgets = budgets;
    }

    static String text(Duration time) {
        return DurationText.format(time.truncatedTo(ChronoUnit.SECONDS));
    }

    List<String> all(
            Optional<PlannedWork> work, Optional<PlannedJob> job, Optional<JobForecast> forecast, Instant now) {
        List<String> said = new ArrayList<>();
        said.add(work.map(PlannedWork::source)
                .orElse("Nobody knows how long it trains; with computeTime there is more to say."));
        if (!markets.isEmpty()) {
            said.add(buying());
        }
        job.filter(known -> known.rounds() > 1).ifPresent(known -> said.add(rounds(known)));
        forecast.flatMap(this::basis).ifPresent(said::add);
        forecast.flatMap(known -> deadline(known, now)).ifPresent(said::add);
        for (PlannedBudgets.Left left : budgets.all()) {
            forecast.map(known -> budget(known, left))
                    .orElseGet(() -> Optional.of(leftOf(left) + ".").filter(any -> !left.isOwn()))
                    .ifPresent(said::add);
        }
        forecast.flatMap(PlanSentences::end).ifPresent(said::add);
        return said;
    }

    private String buying() {
        long open = markets.spot().stream().filter(LadderMarkets.Place::open).count();
        String spot =
                "%d spot markets, %d of them open now".formatted(markets.spot().size(), open);
        if (markets.spot().isEmpty()) {
            return "It runs on demand: the pool is %s, and its ladder has no spot market.".formatted(pool.mode());
        }
        if (markets.onDemand().isEmpty()) {
            return "It runs in %s, and waits without one: the pool is %s, and its ladder has nothing on demand."
                    .formatted(spot, pool.mode());
        }
        if (markets.isPaced() && spec.scheduling().deadline().isPresent()) {
            return "Until the deadline the policy %s chooses between %s, and on demand."
                    .formatted(
                            pool.buying()
                                    .policy()
                                    .name()
                                    .toLowerCase(Locale.ROOT)
                                    .replace('_', '-'),
                            spot);
        }
        Duration patience = pool.buying().fallbackAfter();
        return "It takes the first of %s, and on demand %s."
                .formatted(
                        spot, patience.isZero() ? "while there is none" : "after " + text(patience) + " without one");
    }

    private String rounds(PlannedJob job) {
        return "%d of the %d shards find room at once, in the %d nodes that the pool may have; the others follow."
                .formatted(job.atOnce(), job.shards(), pool.maxNodes());
    }

    private Optional<String> basis(JobForecast forecast) {
        if (markets.spot().isEmpty()) {
            return Optional.empty();
        }
        LadderMarkets.Basis basis = markets.basis();
        String seen = basis.isPriorOnly()
                ? "Nothing was seen of these spot markets so far, so that they are taken to be as spot markets are in general"
                : "These spot markets were looked at for %.1f h, and nodes in them interrupted %d times in %.1f h"
                        .formatted(basis.hoursSeen(), basis.interruptions(), basis.nodeHours());
        return Optional.of("%s; %d futures were drawn, at the prices of now.".formatted(seen, forecast.futures()));
    }

    private Optional<String> deadline(JobForecast forecast, Instant now) {
        if (spec.scheduling().deadline().isEmpty()) {
            return Optional.empty();
        }
        Duration left = Duration.between(now, spec.scheduling().deadline().get().at(now));
        if (!forecast.isDeadlineFeasible()) {
            return Optional.of("The deadline can't be met, not even %s: undisturbed it takes %s, and there are %s."
                    .formatted(
                            markets.onDemand().isPresent() ? "on demand" : "on spot that lasts",
                            text(forecast.undisturbed()),
                            text(left.isNegative() ? Duration.ZERO : left)));
        }
        return markets.onDemand().isPresent()
                ? Optional.empty()
                : Optional.of("Nothing on demand keeps the deadline when there is no spot.");
    }

    /** The job's own is told only where it may not be enough: it is known. What is left of the others is not. */
    private Optional<String> budget(JobForecast forecast, PlannedBudgets.Left left) {
        double odds = forecast.oddsWithin(left.value());
        JobForecast.Range cost = forecast.cost();
        if (left.isOwn()) {
            return odds == 1
                    ? Optional.empty()
                    : Optional.of("The budget of %s wins over all else: %s"
                            .formatted(left.amount(), onceSpent(forecast, left)));
        }
        if (cost.high() <= left.value()) {
            return Optional.of(leftOf(left) + ".");
        }
        String against = cost.expected() <= left.value()
                ? "which is enough in %.0f%% of the futures".formatted(100 * odds)
                : "and this job is expected to cost %s".formatted(forecast.money(cost.expected()));
        return Optional.of("%s, %s: %s".formatted(leftOf(left), against, onceSpent(forecast, left)));
    }

    private String leftOf(PlannedBudgets.Left left) {
        return "The budget of %s has %s left".formatted(left.whose(), markets.money(left.value()));
    }

    private String onceSpent(JobForecast forecast, PlannedBudgets.Left left) {
        boolean isTightest = budgets.tightest().equals(Optional.of(left));
        String done = isTightest ? ", %.0f%% done on average".formatted(100 * forecast.doneWithinBudget()) : "";
        String best = forecast.leastCost() > left.value()
                ? " It can't be enough: the least that the job can cost is %s."
                        .formatted(forecast.money(forecast.leastCost()))
                : "";
        return "when it is spent, the job saves, stops and waits%s.%s".formatted(done, best);
    }

    private static Optional<String> end(JobForecast forecast) {
        return forecast.oddsOfEnd() == 1
                ? Optional.empty()
                : Optional.of(
                        "In %.0f%% of the futures no end is in sight after %s; what they cost is counted up to then."
                                .formatted(100 * (1 - forecast.oddsOfEnd()), text(forecast.foresight())));
    }
}
