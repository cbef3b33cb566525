package dev.drover.planning;

import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.SHARD;
import static dev.drover.planning.Specs.SPOT_A;
import static dev.drover.planning.Specs.SPOT_B;
import static dev.drover.planning.Specs.budgeted;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.node;
import static dev.drover.planning.Specs.offer;
import static dev.drover.planning.Specs.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.NodeBilled;
import dev.drover.planning.input.Input;
import dev.drover.planning.state.Ledger;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolCostView;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.CapacityMode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The ledger, computed by hand: spot a costs 0.0001 a second, on demand 0.001. */
class MoneyTest {
    private static Ledger.Spend spend(FakeWorld world, CapacityType type) {
        return spend(world.state().ledger().total(), type);
    }

    private static Ledger.Spend spend(Ledger ledger, CapacityType type) {
        return Optional.ofNullable(ledger.byCapacityType().get(type)).orElseThrow();
    }

    @Test
    void anInstanceIsPaidFromLaunchToProofOfItsEnd() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 1), 1);
        world.submit(JOB, job(1, 0));
        world.seconds(30);
        world.kill(node(1));
        world.capacity.put(SPOT_A, 0);
        world.capacity.put(SPOT_B, 0);
        world.second();
        Ledger.Spend spot = spend(world, CapacityType.SPOT);
        assertThat(spot.instanceTime()).as("launched at 3, gone at 31").isEqualTo(Duration.ofSeconds(28));
        assertThat(spot.spent()).isEqualTo(Money.usd("0.0028"));
        assertThat(spot.onDemand()).isEqualTo(Money.usd("0.028"));
    }

    @Test
    void aJobPaysForItsOwnTimeOnly() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 1), 1);
        world.submit(JOB, job(1, 0));
        world.until(60, () -> world.pool.shard(SHARD).state() == ShardState.SUCCEEDED);
        assertThat(world.pool.now()).isEqualTo(PoolScript.START.plusSeconds(47));
        Ledger job = world.state().job(JOB).orElseThrow().ledger();
        assertThat(spend(job, CapacityType.SPOT).instanceTime())
                .as("launched for it at 3, done at 47")
                .isEqualTo(Duration.ofSeconds(44));
        assertThat(job.spent()).contains(Money.usd("0.0044"));
        assertThat(job.onDemand()).contains(Money.usd("0.044"));
    }

    @Test
    void shardsOnOneNodeSplitItsCost() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 1), 4);
        world.submit(JOB, job(1, 3, 0));
        world.submit(new JobId("k"), job(1, 1, 0));
        world.until(60, () -> world.pool.shard(SHARD).state() == ShardState.SUCCEEDED);
        assertThat(world.state().job(JOB).orElseThrow().ledger().spent())
                .as("44 s on three of four slots")
                .contains(Money.usd("0.0033"));
    }

    @Test
    void aPriceHoldsUntilItMoves() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 1), 1);
        world.steps(1_000);
        world.submit(JOB, job(1, 0));
        world.seconds(13);
        world.give(new Input.OffersSeen(List.of(offer(SPOT_A, "3.60", 1))));
        world.seconds(10);
        world.ask(new PoolCommand.CancelJob(JOB, "enough"));
        Ledger.Spend spot = spend(world, CapacityType.SPOT);
        assertThat(spot.spent()).as("10 s at 0.0001 and 10 s at 0.001").isEqualTo(Money.usd("0.011"));
        assertThat(spot.onDemand())
                .as(
                        "booked at the first step, 5 s at 0.001; then on demand is not sold, and nothing is claimed to be saved")
                .isEqualTo(Money.usd("0.0155"));
    }

    @Test
    void billsCoverEverySecondOnce() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 1), 1);
        world.steps(300);
        world.submit(JOB, job(1, 0));
        world.until(400, () -> world.state().job(JOB).isEmpty());
        List<NodeBilled> bills = world.pool.events(NodeBilled.class);
        for (int i = 1; i < bills.size(); i++) {
            assertThat(bills.get(i).from()).isEqualTo(bills.get(i - 1).to());
            assertThat(Duration.between(bills.get(i).from(), bills.get(i).to())).isLessThanOrEqualTo(Billing.TICK);
        }
        assertThat(bills).hasSizeGreaterThan(4);
    }

    /** Nodes of one slot, in a at 0.0001 a second, all launched at 3 s, and booked for the first 65 s; what runs reserves 65 s. */
    @Test
    void aPoolSaysWhoSpentWhatAndOfWhichBudget() {
        FakeWorld world =
                FakeWorld.of(budgeted(pool(CapacityMode.SPOT_ONLY, 0, 3), "5", Map.of("ann", "1", "cyd", "2")), 1);
        world.steps(100_000);
        world.submit(JOB, job(2, 0));
        world.ask(new PoolCommand.SubmitJob(new JobId("k"), job(1, 0), "bob"));
        world.seconds(103);
        var cost = ((PoolReply.Cost) world.ask(new PoolCommand.ShowCost())).cost();
        assertThat(cost.spent()).isEqualTo(Money.usd("0.0195"));
        assertThat(cost.budget())
                .contains(new PoolCostView.Budget(Money.usd("5"), Money.usd("0.03"), Money.usd("0.0195")));
        assertThat(cost.owners())
                .containsExactly(
                        new PoolCostView.Owner(
                                "ann", Money.usd("0.02"), Money.usd("0.013"), Optional.of(Money.usd("1"))),
                        new PoolCostView.Owner("bob", Money.usd("0.01"), Money.usd("0.0065"), Optional.empty()),
                        new PoolCostView.Owner("cyd", Money.usd("0"), Money.usd("0"), Optional.of(Money.usd("2"))));
        world.ask(new PoolCommand.ConfigurePool(pool(CapacityMode.SPOT_ONLY, 0, 3)));
        world.ask(new PoolCommand.CancelJob(new JobId("k"), "enough"));
        world.seconds(60);
        var after = ((PoolReply.Cost) world.ask(new PoolCommand.ShowCost())).cost();
        assertThat(after.budget()).isEmpty();
        assertThat(after.owners()).extracting(PoolCostView.Owner::owner).containsExactly("ann", "bob");
        assertThat(after.owners().getLast().reserved()).isEqualTo(Money.usd("0"));
    }

    @Test
    void aSwitchBackIsCountedOnceAndShownWithWhatOnDemandWouldHaveCost() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_WITH_FALLBACK, 0, 1), 1);
        world.steps(1_000);
        world.capacity.put(SPOT_A, 0);
        world.capacity.put(SPOT_B, 0);
        world.submit(JOB, job(1, 0));
        world.seconds(30);
        world.capacity.put(SPOT_A, 1);
        world.seconds(370);
        var cost = ((PoolReply.Cost) world.ask(new PoolCommand.ShowCost())).cost();
        assertThat(cost.switchBacks()).isEqualTo(1);
        assertThat(cost.byCapacityType())
                .extracting(line -> line.capacityType())
                .containsExactly("SPOT", "ON_DEMAND");
        assertThat(cost.spent().isMoreThan(cost.onDemand())).isFalse();
        assertThat(spend(world, CapacityType.ON_DEMAND).instanceTime())
                .as("launched at 4, gone at 137")
                .isEqualTo(Duration.ofSeconds(133));
        assertThat(spend(world, CapacityType.ON_DEMAND).spent()).isEqualTo(Money.usd("0.133"));
    }
}
