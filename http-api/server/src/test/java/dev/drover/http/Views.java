package dev.drover.http;

import dev.drover.persistence.read.ReadModel.TelemetryRow;
import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.api.AttemptView;
import dev.drover.protocol.api.CostView;
import dev.drover.protocol.api.JobEvent;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.MarketView;
import dev.drover.protocol.api.NodeView;
import dev.drover.protocol.api.PlanView;
import dev.drover.protocol.api.PoolCostView;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.api.SpendCategory;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.shard.StepRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Views with every field set to something, so that every schema is exercised. */
final class Views {
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    static final NodeId NODE = new NodeId("node-1");
    static final Market SPOT = new Market("local", "here", "zone-a", "cpu-small", CapacityType.SPOT);
    static final Resources SMALL = new Resources("cpu", 2, ByteSize.parse("4GiB"));
    static final CostView COST = new CostView(
            Money.usd("0.0125"),
            Money.usd("0.05"),
            1,
            List.of(new CostView.Line("SPOT", 120.5, Money.usd("0.0125"), Money.usd("0.05"))),
            List.of(
                    new CostView.CategoryLine(SpendCategory.USEFUL, 100, Money.usd("0.01"), Money.usd("0.04")),
                    new CostView.CategoryLine(SpendCategory.START_UP, 20.5, Money.usd("0.0025"), Money.usd("0.01"))));

    static final PoolCostView POOL_COST = PoolCostView.of(
            COST,
            Optional.of(new PoolCostView.Budget(Money.usd("5"), Money.usd("0.013"), Money.usd("0.002"))),
            List.of(
                    new PoolCostView.Owner(
                            "ann", Money.usd("0.011"), Money.usd("0.002"), Optional.of(Money.usd("0.5"))),
                    new PoolCostView.Owner("bob", Money.usd("0.002"), Money.usd("0"), Optional.empty())));

    private Views() {}

    static JobView job(JobId id, JobSpec spec, JobState state) {
        Reason why = Reason.of(Reason.Code.NO_CAPACITY, "No zone has a cpu-small now", "zone", "zone-a");
        AttemptView attempt = new AttemptView(
                1,
                NODE,
                SPOT,
                NOON,
                0,
                0,
                Reason.of(Reason.Code.CHEAPEST_SPOT, "Cheapest"),
                Optional.of(NOON),
                Optional.of(why));
        List<ShardView> shards = IntStream.range(0, spec.shards())
                .mapToObj(index -> new ShardView(
                        index,
                        ShardState.HANDING_OFF,
                        2,
                        17,
                        Optional.of(NODE),
                        Optional.of(new NodeId("node-2")),
                        Optional.of(why),
                        Optional.of("disk is nearly full"),
                        List.of(attempt)))
                .toList();
        return new JobView(
                id,
                spec.pool(),
                "user",
                spec,
                state,
                Optional.of(why),
                shards,
                NOON,
                state.isFinal() ? Optional.of(NOON.plusSeconds(60)) : Optional.empty(),
                COST);
    }

    /** The job with shard 0 granted again, after {@code step}. */
    static JobView resumed(JobView job, int generation, int step) {
        ShardView shard = job.shards().getFirst();
        AttemptView first = shard.attempts().getFirst();
        AttemptView next = new AttemptView(
                generation, NODE, SPOT, NOON, step, 1, first.grantedBecause(), Optional.empty(), Optional.empty());
        ShardView granted = new ShardView(
                0,
                ShardState.RUNNING,
                generation,
                step,
                shard.node(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(first, next));
        return new JobView(
                job.id(),
                job.pool(),
                job.owner(),
                job.spec(),
                job.state(),
                job.why(),
                List.of(granted),
                job.submittedAt(),
                job.finishedAt(),
                job.cost());
    }

    static JobView budgeted(JobView job, Optional<Money> budget) {
        return new JobView(
                job.id(),
                job.pool(),
                job.owner(),
                job.spec().withBudget(budget),
                job.state(),
                job.why(),
                job.shards(),
                job.submittedAt(),
                job.finishedAt(),
                job.cost());
    }

    static JobView cancelled(JobView job, String reason) {
        JobView cancelled = job(job.id(), job.spec(), JobState.CANCELLED);
        return new JobView(
                cancelled.id(),
                cancelled.pool(),
                cancelled.owner(),
                cancelled.spec(),
                cancelled.state(),
                Optional.of(Reason.of(Reason.Code.CANCELLED, reason)),
                cancelled.shards(),
                cancelled.submittedAt(),
                cancelled.finishedAt(),
                COST);
    }

    static PlanView plan(JobSpec spec) {
        return new PlanView(
                spec.pool(),
                spec.shards(),
                spec.scheduling().computeTime(),
                Reason.of(Reason.Code.NODE_STARTING, "Node node-1 is starting"),
                3,
                Optional.of(Money.usd("0.3")),
                Optional.of(Money.usd("1")),
                spec.scheduling().computeTime().map(work -> estimate()),
                List.of("Each shard trains for a while."));
    }

    private static PlanView.Estimate estimate() {
        return new PlanView.Estimate(
                new PlanView.CostRange(Money.usd("10"), Money.usd("12.5"), Money.usd("20")),
                Optional.of(Money.usd("48")),
                new PlanView.FinishRange(Optional.of(NOON), Optional.of(NOON), Optional.empty()),
                40.5,
                7.5,
                2.25,
                Optional.of(new PlanView.DeadlineOdds(NOON, 0.99, true)),
                Optional.of(new PlanView.BudgetOdds("owner ann", Money.usd("15"), 0.8, true, 0.75)),
                400);
    }

    static NodeView node(NodeId id) {
        Reason because = Reason.of(Reason.Code.CHEAPEST_SPOT, "Cheapest market with capacity");
        return new NodeView(
                id,
                NodeView.Membership.READY,
                Optional.of(SPOT),
                Optional.of("i-1"),
                Optional.of(Money.usd("0.3")),
                Optional.of(SMALL),
                List.of(new Lease(new ShardId(new JobId("j-1"), 0), 2)),
                Optional.of(new EvictionNotice(EvictionNotice.Source.DRILL, NOON)),
                Optional.of(NOON.minusSeconds(120)),
                Optional.of(Duration.ofMillis(1500)),
                because,
                Optional.of(because),
                NOON);
    }

    static MarketView market() {
        return new MarketView(
                SPOT,
                Money.usd("0.3"),
                SMALL,
                true,
                Optional.of(new Refusal(SPOT, Refusal.Kind.NO_CAPACITY, "InsufficientInstanceCapacity", "none left")),
                Optional.of(NOON));
    }

    static TelemetryRow step(JobId job, int shard, int generation, int step, float loss, boolean superseded) {
        StepRecord record =
                new StepRecord(step, loss, 1e-3, 0.5, 8L * step, 1234.5, 0.0, 2.5f, NOON.toEpochMilli() + step);
        return new TelemetryRow(new ShardId(job, shard), generation, record, "node-1", "zone-a", "SPOT", superseded);
    }

    static JobEvent event(JobId job, long sequence, String text) {
        return new JobEvent(
                job,
                sequence,
                NOON,
                OptionalInt.of(0),
                "placed",
                text,
                Optional.of(Reason.of(Reason.Code.FIRST_PLACEMENT, text)));
    }

    static JobView existing(@Nullable JobView job) {
        if (job == null) {
            throw new AssertionError("no such job");
        }
        return job;
    }
}
