package dev.drover.planning;

import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.SHARD;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.node;
import static dev.drover.planning.Specs.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.NodeBilled;
import dev.drover.planning.event.PoolEvent.ShardCaughtUp;
import dev.drover.planning.state.Ledger;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.api.CostView;
import dev.drover.protocol.api.SpendCategory;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.CapacityMode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What each second was paid for, computed by hand: spot a costs 0.0001 a second, spot b 0.0002; a step takes a second. */
class LedgerTest {
    private static final JobId OTHER = new JobId("k");

    /** One shard, a checkpoint after step 10, at its 15th step after 22 s. */
    private static FakeWorld running() {
        FakeWorld world = FakeWorld.of(pool(), 1);
        world.submit(JOB, job(1, 1));
        world.until(60, () -> world.published(SHARD).size() == 1);
        world.seconds(5);
        return world;
    }

    private static Ledger finished(FakeWorld world) {
        world.until(200, () -> world.pool.shard(SHARD).state() == ShardState.SUCCEEDED);
        return world.state().job(JOB).orElseThrow().ledger();
    }

    private static String seconds(Ledger ledger) {
        return ledger.byCategory().entrySet().stream()
                .map(entry ->
                        entry.getKey() + " " + entry.getValue().instanceTime().toMillis() / 1000.0)
                .collect(Collectors.joining(", "));
    }

    @Test
    void anEvictionWithoutNoticeCostsWhatIsRedoneAndTheNewStart() {
        FakeWorld world = running();
        world.kill(node(1));
        Ledger job = finished(world);
        // Node 1: launched at 3, first step at 8, gone at 23. Node 2: launched at 26, ready at 29, granted at 30 after
        // step 10,
        // first step at 31, step 15 again at 35, done at 60.
        assertThat(seconds(job)).isEqualTo("USEFUL 40.0, REDONE 4.0, START_UP 9.0, WAITING 1.0");
        assertThat(job.spent()).contains(Money.usd("0.0088"));
        assertThat(job.onDemand()).contains(Money.usd("0.054"));
        assertThat(world.pool.events(ShardCaughtUp.class)).hasSize(1);
        assertThat(job.byCategory())
                .extractingByKey(SpendCategory.REDONE)
                .isEqualTo(new Ledger.Spend(Duration.ofSeconds(4), Money.usd("0.0008"), Money.usd("0.004")));
    }

    @Test
    void whatIsLostTwiceIsRedoneUpToTheHighestStepEverSeen() {
        FakeWorld world = running();
        world.kill(node(1));
        world.until(
                30,
                () -> world.pool.shard(SHARD).generation() == 2
                        && world.pool.shard(SHARD).state() == ShardState.RUNNING);
        world.kill(node(2));
        Ledger job = finished(world);
        // Node 2 makes step 11 again, and its end is known a second later; node 3 makes steps 11 to 15.
        assertThat(job.byCategory().get(SpendCategory.REDONE))
                .extracting(Ledger.Spend::instanceTime)
                .isEqualTo(Duration.ofSeconds(1 + 4));
        assertThat(world.pool.events(ShardCaughtUp.class))
                .singleElement()
                .extracting(event -> event.lease().generation() + " at " + event.step())
                .isEqualTo("3 at 15");
    }

    @Test
    void aHandoffIsPaidForTwiceAndRedoesNothing() {
        FakeWorld world = running();
        world.notice(node(1), Duration.ofSeconds(60));
        // Node 2: launched at 26, ready at 29; node 1 stopped at 32; granted at 33, first step at 34, done at 49.
        assertThat(seconds(finished(world))).isEqualTo("USEFUL 39.0, START_UP 6.0, WAITING 1.0, HANDOFF 6.0");
        assertThat(world.pool.events(ShardCaughtUp.class)).isEmpty();
    }

    @Test
    void whatStandsIdleIsThePoolsAlone() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 1, 1), 2);
        world.seconds(20);
        world.submit(JOB, job(1, 0));
        Ledger job = finished(world);
        assertThat(seconds(job)).isEqualTo("USEFUL 19.5, START_UP 1.0");
        assertThat(job.spent()).as("half a node for 41 s").contains(Money.usd("0.00205"));
        // Launched at 3; both slots to 20, one to the end at 61.
        Ledger pool = world.state().ledger().total();
        assertThat(pool.byCategory().get(SpendCategory.IDLE))
                .isEqualTo(new Ledger.Spend(Duration.ofMillis(37_500), Money.usd("0.00375"), Money.usd("0.0375")));
        assertThat(pool.spent()).as("58 s").contains(Money.usd("0.0058"));
    }

    @Test
    void shardsThatFillANodeInDifferentWaysPayItOnceTogether() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 1), 4);
        world.submit(JOB, job(1, new Resources("cpu", 3, ByteSize.ofMiB(1024)), 0));
        world.submit(OTHER, job(1, new Resources("cpu", 1, ByteSize.ofMiB(3072)), 0));
        world.until(60, () -> world.pool.shard(SHARD).state() == ShardState.SUCCEEDED);
        Ledger cpus = world.state().job(JOB).orElseThrow().ledger();
        Ledger memory = world.state().job(OTHER).orElseThrow().ledger();
        assertThat(cpus.spent())
                .as("3/4 of the CPUs, beside 3/4 of the memory")
                .isPresent()
                .isEqualTo(memory.spent());
        assertThat(world.state().ledger().total().byCategory()).doesNotContainKey(SpendCategory.IDLE);
    }

    @Test
    void thirdsAddUpToTheWhole() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 1), 3);
        List<JobId> jobs = List.of(JOB, OTHER, new JobId("l"));
        jobs.forEach(id -> world.submit(id, job(1, 0)));
        world.until(60, () -> world.pool.shard(SHARD).state() == ShardState.SUCCEEDED);
        assertThat(jobs.stream()
                        .map(id -> world.state()
                                .job(id)
                                .orElseThrow()
                                .ledger()
                                .spent()
                                .orElseThrow())
                        .reduce(Money::plus))
                .isEqualTo(world.state().ledger().total().spent())
                .contains(Money.usd("0.0044"));
    }

    @Test
    void anOwnersSpendOutlivesTheJobs() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 1), 1);
        world.submit(JOB, job(1, 0));
        world.until(60, () -> world.state().job(JOB).isEmpty());
        assertThat(world.state().ledger().byOwner()).isEqualTo(Map.of("ann", Money.usd("0.0044")));
    }

    @Test
    void aBillThatToldNoPartsIsUsefulWhereAShardRan() {
        FakeWorld world = running();
        PoolState before = world.state();
        NodeBilled untold = new NodeBilled(
                node(1),
                world.pool.now(),
                world.pool.now().plusSeconds(10),
                Money.usd("0.36"),
                Money.usd("3.60"),
                Money.usd("0.36"),
                List.of(),
                world.pool.now());
        Ledger job = before.apply(untold).job(JOB).orElseThrow().ledger();
        assertThat(job.spent()
                        .orElseThrow()
                        .minus(before.job(JOB).orElseThrow().ledger().spent().orElseThrow()))
                .isEqualTo(Money.usd("0.001"));
        assertThat(seconds(job)).isEqualTo("USEFUL 10.0, START_UP 5.0");
    }

    @Test
    void theLinesOfACostAddUpToIt() {
        FakeWorld world = running();
        world.kill(node(1));
        finished(world);
        CostView cost = world.show(JOB).cost();
        assertThat(cost.byCategory().stream().map(CostView.CategoryLine::spent).reduce(Money::plus))
                .contains(cost.spent());
        assertThat(cost.byCategory().stream()
                        .map(CostView.CategoryLine::onDemand)
                        .reduce(Money::plus))
                .contains(cost.onDemand());
        assertThat(cost.byCapacityType().stream().map(CostView.Line::spent).reduce(Money::plus))
                .contains(cost.spent());
    }
}
