package dev.drover.protocol.api;

import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.money.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a job is expected to cost, and when to be done, if it were submitted now. A forecast: it holds nothing, and promises nothing.
 *
 * @param work of each shard, undisturbed; absent where nobody knows
 * @param start what would become of it at once, or what holds it back now
 * @param ahead shards that wait now and would be placed before its first one
 * @param spotPerShardHour the price of the first spot market of its ladder that is open, or else of the first
 * @param onDemandPerShardHour absent where nothing on demand may be bought
 * @param estimate absent where the work is not known, or the job can never start
 * @param because in plain sentences, what it was reckoned from and what stands against it
 */
public record PlanView(
        PoolName pool,
        int shards,
        Optional<Duration> work,
        Reason start,
        int ahead,
        Optional<Money> spotPerShardHour,
        Optional<Money> onDemandPerShardHour,
        Optional<Estimate> estimate,
        List<String> because) {
    public PlanView {
        because = List.copyOf(because);
    }

    /**
     * What many drawn futures say, of all shards together, to the end of the last.
     *
     * @param cost to finish it, whatever its budget
     * @param onDemandCost what it would cost on demand from now to its end
     * @param hoursOnSpot instance-hours
     * @param moves launches of a shard after its first
     * @param futures how many were drawn
     */
    public record Estimate(
            CostRange cost,
            Optional<Money> onDemandCost,
            FinishRange finish,
            double hoursOnSpot,
            double hoursOnDemand,
            double moves,
            Optional<DeadlineOdds> deadline,
            Optional<BudgetOdds> budget,
            int futures) {}

    /** The mean, and what 10 and 90 % of the futures do not exceed. */
    public record CostRange(Money low, Money expected, Money high) {}

    /** The median, and when it is done in 10 and 90 % of the futures; absent where that is beyond what was looked at. */
    public record FinishRange(Optional<Instant> low, Optional<Instant> expected, Optional<Instant> high) {}

    /**
     * The deadline.
     *
     * @param odds the part of the futures that meet it, 0 to 1
     * @param feasible whether it can be met on nodes launched now, without any interruption
     */
    public record DeadlineOdds(Instant at, double odds, boolean feasible) {}

    /**
     * The tightest of the job's own budget and what is left of its owner's and its pool's, if nobody else spends of it meanwhile. A
     * pool's pays whole nodes, and a forecast knows only the slots of this job: it may be spent sooner.
     *
     * @param whose {@code job}, {@code owner ann} or {@code pool default}
     * @param limit what is neither spent of it nor reserved
     * @param odds the part of the futures in which it is enough, 0 to 1
     * @param feasible whether it is enough in the best case
     * @param doneWhenSpent the part of the work that is done when it ends, on average where it is not enough; else 1
     */
    public record BudgetOdds(String whose, Money limit, double odds, boolean feasible, double doneWhenSpent) {}
}
