package dev.drover.planning;

import dev.drover.planning.policy.JobForecast;
import dev.drover.planning.policy.LadderMarkets;
import dev.drover.planning.policy.PlannedJob;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.json.DurationText;
import dev.drover.protocol.money.Money;
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

    PlanSentences(PoolSpec pool, JobSpec spec, LadderMarkets markets) {
        this.pool = pool;
        this.spec = spec;
        this.markets = markets;
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
        forecast.ifPresent(known -> {
            basis(known).ifPresent(said::add);
            deadline(known, now).ifPresent(said::add);
            budget(known).ifPresent(said::add);
            end(known).ifPresent(said::add);
        });
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

    private Optional<String> budget(JobForecast forecast) {
        Optional<Money> budget =
                spec.scheduling().budget().filter(limit -> limit.currency().equals(forecast.currency()));
        if (budget.isEmpty() || forecast.oddsOfBudget() == 1) {
            return Optional.empty();
        }
        String best = forecast.isBudgetFeasible()
                ? ""
                : " It can't be enough: the least that the job can cost is %s."
                        .formatted(forecast.money(forecast.leastCost()));
        return Optional.of(
                "The budget of %s wins over all else: when it is spent, the job saves, stops and waits, %.0f%% done on average.%s"
                        .formatted(budget.get(), 100 * forecast.doneWithinBudget(), best));
    }

    private static Optional<String> end(JobForecast forecast) {
        return forecast.oddsOfEnd() == 1
                ? Optional.empty()
                : Optional.of(
                        "In %.0f%% of the futures no end is in sight after %s; what they cost is counted up to then."
                                .formatted(100 * (1 - forecast.oddsOfEnd()), text(forecast.foresight())));
    }
}
