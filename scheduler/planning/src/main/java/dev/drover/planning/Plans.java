package dev.drover.planning;

import dev.drover.planning.event.PoolEvent.JobSubmitted;
import dev.drover.planning.input.Input;
import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.Demand;
import dev.drover.planning.policy.JobForecast;
import dev.drover.planning.policy.LadderMarkets;
import dev.drover.planning.policy.PlannedJob;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.planning.state.WorkQueue;
import dev.drover.protocol.api.PlanView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.Deadline;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.SchedulingSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Says what a job would cost and when it would be done, before it is submitted.
 *
 * <p>What would become of it at once is what the pool decides on its submission, thrown away. The rest is a {@link JobForecast}.
 * Nothing is kept, and nothing is promised.
 */
final class Plans {
    private final Upkeep upkeep;
    private final Waiting waiting;

    Plans(Upkeep upkeep, Waiting waiting) {
        this.upkeep = upkeep;
        this.waiting = waiting;
    }

    PoolReply answer(PoolState state, Observations seen, PoolCommand.PlanJob asked, Instant now) {
        return Commands.refusal(state, seen, asked.spec())
                .<PoolReply>map(refused -> refused)
                .orElseGet(() -> new PoolReply.Plan(view(state, seen, asked, now)));
    }

    private PlanView view(PoolState state, Observations seen, PoolCommand.PlanJob asked, Instant now) {
        JobSpec spec = asked.spec();
        PoolSpec pool = state.spec().orElseThrow();
        JobSubmitted submission = new JobSubmitted(asked.job(), spec, asked.owner(), now);
        PoolState submitted = state.apply(submission);
        Accounts accounts = new Accounts(submitted, seen, now);
        Demand demand = Demands.of(submitted, accounts, seen, first(submitted, asked), now);
        LadderMarkets markets = LadderMarkets.of(pool, demand, seen, now);
        PlannedBudgets budgets = PlannedBudgets.of(accounts, asked.job(), markets.currency());
        Optional<PlannedWork> work = PlannedWork.of(state, seen, spec, now);
        Optional<PlannedJob> job = work.flatMap(known -> plannedJob(known, markets, pool, spec, budgets, now));
        Optional<JobForecast> forecast = job.map(known -> JobForecast.of(pool, markets, known));

        Draft draft = new Draft(state, seen, now, Agenda.of(new Input.Asked(asked)));
        draft.add(submission);
        upkeep.run(draft);
        return new PlanView(
                pool.name(),
                spec.shards(),
                work.map(PlannedWork::perShard),
                start(draft, asked),
                ahead(draft.state(), asked),
                markets.firstSpot().map(place -> markets.money(place.pricePerHour())),
                markets.onDemand().map(place -> markets.money(place.pricePerHour())),
                forecast.map(known -> estimate(known, spec, budgets, now)),
                new PlanSentences(pool, spec, markets, budgets).all(work, job, forecast, now));
    }

    private static Shard first(PoolState state, PoolCommand.PlanJob asked) {
        return state.shard(new ShardId(asked.job(), 0)).orElseThrow();
    }

    /** Absent where it can never start: nothing is sold that it may buy, or the pool is too small for its gang. */
    private static Optional<PlannedJob> plannedJob(
            PlannedWork work, LadderMarkets markets, PoolSpec pool, JobSpec spec, PlannedBudgets budgets, Instant now) {
        SchedulingSpec scheduling = spec.scheduling();
        long room = (long) pool.maxNodes() * markets.mostPerNode();
        int atOnce = (int) Math.min(spec.shards(), room);
        boolean starts = scheduling.gang() ? atOnce == spec.shards() : atOnce > 0;
        return starts
                ? Optional.of(new PlannedJob(
                        work.perShard(),
                        spec.shards(),
                        atOnce,
                        scheduling.deadline().map(due -> Duration.between(now, due.at(now))),
                        budgets.tightest().map(PlannedBudgets.Left::value)))
                : Optional.empty();
    }

    /** Of the first shard that found no slot, or else of the first one. */
    private Reason start(Draft draft, PoolCommand.PlanJob asked) {
        Job job = draft.state().job(asked.job()).orElseThrow();
        Shard shown = job.shards().stream()
                .filter(Shard::needsNode)
                .findFirst()
                .orElseGet(() -> job.shards().getFirst());
        return shown.isLive() && shown.node().isEmpty()
                ? waiting.why(draft.accounts(), draft.seen(), shown, draft.now())
                : shown.because().orElse(Grants.FIRST);
    }

    private static int ahead(PoolState state, PoolCommand.PlanJob asked) {
        WorkQueue.Walk walk = state.index().occupancy().queue().walk();
        int ahead = 0;
        while (true) {
            Optional<ShardId> next = walk.next(state.index().occupancy());
            if (next.isEmpty()) {
                return 0;
            }
            if (next.get().job().equals(asked.job())) {
                return ahead;
            }
            ahead++;
        }
    }

    private static PlanView.Estimate estimate(JobForecast forecast, JobSpec spec, PlannedBudgets budgets, Instant now) {
        JobForecast.Range cost = forecast.cost();
        JobForecast.Range hours = forecast.hours();
        Optional<Deadline> deadline = spec.scheduling().deadline();
        return new PlanView.Estimate(
                new PlanView.CostRange(
                        forecast.money(cost.low()), forecast.money(cost.expected()), forecast.money(cost.high())),
                forecast.costOnDemand().stream().mapToObj(forecast::money).findFirst(),
                new PlanView.FinishRange(
                        after(now, hours.low()), after(now, hours.expected()), after(now, hours.high())),
                forecast.hoursOnSpot(),
                forecast.hoursOnDemand(),
                forecast.moves(),
                deadline.map(due -> new PlanView.DeadlineOdds(
                        due.at(now), forecast.oddsOfDeadline(), forecast.isDeadlineFeasible())),
                budgets.tightest()
                        .map(left -> new PlanView.BudgetOdds(
                                left.whose(),
                                left.amount(),
                                forecast.oddsOfBudget(),
                                forecast.isBudgetFeasible(),
                                forecast.doneWithinBudget())),
                forecast.futures());
    }

    private static Optional<Instant> after(Instant now, double hours) {
        return Double.isInfinite(hours) ? Optional.empty() : Optional.of(now.plusSeconds(Math.round(hours * 3_600)));
    }
}
