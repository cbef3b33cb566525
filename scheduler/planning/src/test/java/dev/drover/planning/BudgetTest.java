package dev.drover.planning;

import static dev.drover.planning.Specs.DEMAND_A;
import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.SHARD;
import static dev.drover.planning.Specs.SPOT_A;
import static dev.drover.planning.Specs.SPOT_B;
import static dev.drover.planning.Specs.budgeted;
import static dev.drover.planning.Specs.buying;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.node;
import static dev.drover.planning.Specs.offer;
import static dev.drover.planning.Specs.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.NodeEnding;
import dev.drover.planning.event.PoolEvent.NodeRequested;
import dev.drover.planning.event.PoolEvent.ShardDetached;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.planning.input.Input;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PoolSpec;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a budget allows, and when it stops. A node in spot a costs 0.0001 a second, in b 0.0002, on demand 0.001. What is new needs 125 s of
 * its price, what runs reserves 65 s.
 */
class BudgetTest {
    private static final JobId OTHER = new JobId("k");

    private static FakeWorld world(PoolSpec spec, int cpus) {
        FakeWorld world = FakeWorld.of(spec, cpus);
        world.steps(100_000);
        return world;
    }

    private static PoolSpec spotPool(int min, int max) {
        return pool(CapacityMode.SPOT_ONLY, min, max);
    }

    private static JobSpec within(JobSpec spec, String budget) {
        return buying(spec, "budget: " + budget + " USD");
    }

    private static Reason why(FakeWorld world, JobId job) {
        return world.show(job).why().orElseThrow();
    }

    private static BigDecimal spent(FakeWorld world, JobId job) {
        return world.show(job).cost().spent().amount();
    }

    private static String markets(FakeWorld world) {
        return world.pool.events(NodeRequested.class).stream()
                .map(event -> event.markets().stream()
                        .map(market -> market.zone() + (market.isSpot() ? "" : "!"))
                        .collect(Collectors.joining("+")))
                .collect(Collectors.joining(" "));
    }

    /** 125 s cost 0.0125 in spot a, 0.025 in b, 0.125 on demand. */
    @ParameterizedTest
    @CsvSource(nullValues = "none", textBlock = """
            # job,   owner,  pool,   what is asked, who refuses
            none,    none,   none,   a+b,           none
            0.0125,  none,   none,   a,             none
            0.0124,  none,   none,   '',            job j
            0.025,   none,   none,   a+b,           none
            0.0249,  none,   none,   a,             none
            none,    0.0124, none,   '',            owner ann
            none,    0.0125, none,   a,             none
            none,    none,   0.0124, '',            pool p
            none,    none,   0.0125, a,             none
            0.03,    0.02,   0.5,    a,             none
            0.5,     0.5,    0.0124, '',            pool p
            0,       none,   none,   '',            job j
            """)
    void aLaunchMustFitWhoeverPays(String job, String owner, String pool, String asked, String refusing) {
        FakeWorld world = world(
                budgeted(spotPool(0, 1), pool == null ? "" : pool, owner == null ? Map.of() : Map.of("ann", owner)), 1);
        world.submit(JOB, job == null ? job(1, 0) : within(job(1, 0), job));
        assertThat(markets(world)).isEqualTo(asked);
        if (refusing != null) {
            assertThat(why(world, JOB).code()).isEqualTo(Code.BUDGET);
            assertThat(why(world, JOB).facts()).containsEntry("budget", refusing);
        }
    }

    @Test
    void theReasonNamesWhatThereIsAndWhatIsNeeded() {
        FakeWorld world = world(spotPool(0, 1), 1);
        world.submit(JOB, within(job(1, 0), "0.01"));
        assertThat(why(world, JOB).text())
                .isEqualTo(
                        "The budget of job j is 0.01 USD: 0 USD are spent, and 0 USD reserved for what runs or starts."
                                + " At least 0.0125 USD would be needed on top, for 125 s at 0.36 USD/h.");
        assertThat(why(world, JOB).facts())
                .containsEntry("limit", "0.01 USD")
                .containsEntry("spent", "0 USD")
                .containsEntry("reserved", "0 USD")
                .containsEntry("needed", "0.0125 USD");
    }

    @Test
    void aJobPaysItsPartAndThePoolTheNode() {
        FakeWorld half = world(spotPool(0, 1), 2);
        half.submit(JOB, within(job(1, 0), "0.00625"));
        assertThat(markets(half)).as("half a node in a").isEqualTo("a");
        FakeWorld whole = world(budgeted(spotPool(0, 1), "0.00625", Map.of()), 2);
        whole.submit(JOB, job(1, 0));
        assertThat(why(whole, JOB).facts()).containsEntry("budget", "pool p");
    }

    /** The first reserves 65 s of its dearest market: 0.0065 in a, 0.013 in b. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            # budget, launches
            0.0125,   a
            0.0189,   a
            0.019,    a a
            0.0254,   a+b
            0.0379,   a+b a
            0.038,    a+b a+b
            """)
    void twoLaunchesThatFitAloneMustFitTogether(String budget, String launches) {
        FakeWorld world = world(budgeted(spotPool(0, 4), "", Map.of("ann", budget)), 1);
        world.submit(JOB, job(2, 0));
        assertThat(markets(world)).isEqualTo(launches);
    }

    @Test
    void anOwnersBudgetHoldsBackNobodyElse() {
        FakeWorld world = world(budgeted(spotPool(0, 4), "", Map.of("ann", "0.01")), 1);
        world.submit(JOB, job(2, 0));
        world.ask(new PoolCommand.SubmitJob(OTHER, job(2, 0), "bob"));
        world.seconds(20);
        assertThat(why(world, JOB).code()).isEqualTo(Code.BUDGET);
        assertThat(world.state().job(OTHER).orElseThrow().shards())
                .allSatisfy(shard -> assertThat(shard.state()).isEqualTo(ShardState.RUNNING));
    }

    @Test
    void aGangThatIsNotPaidForAsAWholeDoesNotBegin() {
        FakeWorld world = world(spotPool(0, 4), 1);
        world.submit(JOB, buying(job(3, 0), "gang: true, budget: 0.03 USD"));
        world.seconds(5);
        assertThat(markets(world)).isEmpty();
        assertThat(why(world, JOB).code()).isEqualTo(Code.BUDGET);
        assertThat(why(world, JOB).facts()).containsEntry("needed", "0.0375 USD");
    }

    /** Launched at 3 s, paid up to 0.0135 at 138 s: a second later what it reserves is not there any more. */
    @Test
    void whatRunsStopsAtACheckpointBeforeItsBudgetIsPassedAndGoesOnWhenItIsRaised() {
        FakeWorld world = world(spotPool(0, 1), 1);
        world.submit(JOB, within(job(1, 0), "0.02"));
        world.until(300, () -> world.pool.shard(SHARD).state() == ShardState.WAITING);
        Instant stopped = world.pool.now();
        assertThat(Duration.between(PoolScript.START, stopped))
                .isBetween(Duration.ofSeconds(139), Duration.ofSeconds(142));
        assertThat(why(world, JOB).code()).isEqualTo(Code.BUDGET);
        assertThat(world.pool.events(ShardDetached.class).getFirst().reason().code())
                .isEqualTo(Code.BUDGET);
        int step = world.published(SHARD).getLast().step();
        assertThat(world.pool.events(ShardDetached.class).getFirst().lastStep()).isEqualTo(step);
        world.seconds(300);
        assertThat(world.instances()).isEmpty();
        assertThat(spent(world, JOB)).isLessThan(new BigDecimal("0.0142"));
        world.ask(new PoolCommand.SetBudget(JOB, Optional.of(Money.usd("0.04"))));
        world.until(60, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
        assertThat(world.pool
                        .events(ShardGranted.class)
                        .getLast()
                        .resumeFrom()
                        .orElseThrow()
                        .step())
                .isEqualTo(step);
        world.seconds(600);
        assertThat(why(world, JOB).facts()).containsEntry("limit", "0.04 USD");
        assertThat(spent(world, JOB)).isBetween(new BigDecimal("0.03"), new BigDecimal("0.04"));
    }

    @Test
    void aPoolsBudgetEndsIdleNodesFirstAndKeepsNoSpareThatItCantPay() {
        FakeWorld world = world(budgeted(spotPool(2, 3), "0.05", Map.of()), 1);
        world.submit(JOB, job(1, 0));
        world.until(60, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
        world.until(600, () -> !world.pool.events(NodeEnding.class).isEmpty());
        assertThat(world.pool.events(NodeEnding.class))
                .singleElement()
                .satisfies(ending -> assertThat(ending.reason().code()).isEqualTo(Code.BUDGET));
        assertThat(world.pool.shard(SHARD).state())
                .as("the idle one goes first")
                .isEqualTo(ShardState.RUNNING);
        world.until(600, () -> world.pool.shard(SHARD).state() == ShardState.WAITING);
        world.seconds(100);
        assertThat(world.instances()).isEmpty();
        assertThat(world.pool.events(NodeRequested.class))
                .as("no spare is bought again")
                .hasSize(2);
        assertThat(world.state().ledger().total().spent().orElseThrow())
                .isBetween(Money.usd("0.04"), Money.usd("0.05"));
        world.ask(new PoolCommand.ConfigurePool(budgeted(spotPool(0, 3), "1", Map.of())));
        world.until(60, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
    }

    @Test
    void aPriceThatRisesStopsItSooner() {
        FakeWorld world = world(spotPool(0, 1), 1);
        world.submit(JOB, within(job(1, 0), "0.1"));
        world.seconds(100);
        assertThat(world.pool.shard(SHARD).state()).isEqualTo(ShardState.RUNNING);
        world.give(new Input.OffersSeen(List.of(offer(SPOT_A, "7.20", 1), offer(SPOT_B, "7.20", 1))));
        world.until(10, () -> world.pool.shard(SHARD).state() == ShardState.WAITING);
        assertThat(why(world, JOB).facts()).containsEntry("price", "7.2 USD/h".replace("/h", ""));
        world.seconds(30);
        assertThat(world.instances()).isEmpty();
        assertThat(spent(world, JOB)).isLessThan(new BigDecimal("0.1"));
    }

    @Test
    void ofTwoJobsOnANodeOnlyTheOneWithoutMoneyStops() {
        FakeWorld world = world(spotPool(0, 1), 2);
        world.submit(JOB, within(job(1, 0), "0.01"));
        world.submit(OTHER, job(1, 0));
        world.until(300, () -> world.pool.shard(SHARD).state() == ShardState.WAITING);
        world.seconds(30);
        assertThat(world.pool.shard(new ShardId(OTHER, 0)).state()).isEqualTo(ShardState.RUNNING);
        assertThat(world.pool.shard(new ShardId(OTHER, 0)).generation()).isEqualTo(1);
        assertThat(world.pool.events(NodeEnding.class)).isEmpty();
        assertThat(why(world, JOB).code())
                .as("a slot is free, and not paid for")
                .isEqualTo(Code.BUDGET);
    }

    @Test
    void ofOneOwnersJobsTheWorseStopsFirstAndTheOtherGoesOnWithTheRest() {
        FakeWorld world = world(budgeted(spotPool(0, 2), "", Map.of("ann", "0.05")), 1);
        world.submit(JOB, buying(job(1, 0), "priority: 5"));
        world.submit(OTHER, job(1, 0));
        world.until(600, () -> world.pool.shard(new ShardId(OTHER, 0)).state() == ShardState.WAITING);
        assertThat(world.pool.shard(SHARD).state()).isEqualTo(ShardState.RUNNING);
        assertThat(why(world, OTHER).facts()).containsEntry("budget", "owner ann");
        world.until(600, () -> world.pool.shard(SHARD).state() == ShardState.WAITING);
        world.seconds(100);
        assertThat(world.state().ledger().byOwner().get("ann")).isBetween(Money.usd("0.043"), Money.usd("0.05"));
        assertThat(world.pool.events(ShardGranted.class))
                .as("nothing is started again")
                .hasSize(2);
    }

    @Test
    void whatWasTooDearOnDemandGoesOnOnSpot() {
        FakeWorld world = world(pool(CapacityMode.SPOT_WITH_FALLBACK, 0, 1), 1);
        world.capacity.put(SPOT_A, 0);
        world.capacity.put(SPOT_B, 0);
        world.submit(JOB, within(job(1, 0), "0.2"));
        world.until(60, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
        assertThat(world.state().node(node(2)).flatMap(found -> found.market())).contains(DEMAND_A);
        world.until(300, () -> world.pool.shard(SHARD).state() == ShardState.WAITING);
        assertThat(world.pool.shard(SHARD).cause().orElseThrow().code()).isEqualTo(Code.BUDGET);
        world.seconds(100);
        assertThat(why(world, JOB).text()).endsWith("2 more are beyond a budget.");
        world.capacity.put(SPOT_A, 1);
        world.until(600, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
        assertThat(world.pool.shard(SHARD).lastAttempt().orElseThrow().market()).isEqualTo(SPOT_A);
    }

    @Test
    void aSpotPoolPausesForWantOfSpotAndThenForWantOfMoney() {
        FakeWorld world = world(spotPool(0, 1), 1);
        world.submit(JOB, within(job(1, 0), "0.02"));
        world.seconds(60);
        world.capacity.replaceAll((market, count) -> 0);
        world.kill(node(1));
        world.seconds(100);
        assertThat(why(world, JOB).code()).isEqualTo(Code.NO_CAPACITY);
        world.capacity.put(SPOT_A, 1);
        world.until(400, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
        world.until(300, () -> world.pool.shard(SHARD).state() == ShardState.WAITING);
        assertThat(why(world, JOB).code()).isEqualTo(Code.BUDGET);
        assertThat(spent(world, JOB)).isLessThan(new BigDecimal("0.0145"));
    }

    @Test
    void theBudgetWinsOverTheDeadline() {
        FakeWorld world = world(pool(CapacityMode.SPOT_WITH_FALLBACK, 0, 1), 1);
        world.submit(JOB, buying(job(1, 0), "deadline: 20m, computeTime: 18m, budget: 0.02 USD"));
        world.until(1_300, () -> world.pool.shard(SHARD).state() == ShardState.WAITING);
        assertThat(why(world, JOB).text()).endsWith("The budget wins over the deadline.");
        assertThat(world.pool.events(NodeRequested.class))
                .allSatisfy(asked -> assertThat(asked.markets()).allMatch(Market::isSpot));
    }

    @Test
    void aBudgetInAnotherCurrencyIsRefusedOnceThePricesAreKnown() {
        PoolScript pool = new PoolScript();
        pool.ask(new PoolCommand.ConfigurePool(spotPool(0, 1)));
        JobSpec yuan = buying(job(1, 0), "budget: 7 CNY");
        assertThat(pool.ask(new PoolCommand.SubmitJob(JOB, yuan, "ann"))).isInstanceOf(PoolReply.Job.class);
        pool.when(new Input.OffersSeen(List.of(offer(SPOT_A, "0.36", 1))));
        PoolReply.Job waits = (PoolReply.Job) pool.ask(new PoolCommand.ShowJob(JOB));
        assertThat(waits.job().why().orElseThrow().text())
                .isEqualTo(
                        "The budget of job j is in CNY, and prices are in USD: it can't be held, so nothing is bought.");
        assertThat(pool.ask(new PoolCommand.SubmitJob(OTHER, yuan, "ann")))
                .isEqualTo(new PoolReply.Rejected("budget", "7 CNY", "an amount in USD, as the prices are"));
        assertThat(pool.ask(new PoolCommand.SetBudget(JOB, Optional.of(Money.of("8", "CNY")))))
                .isInstanceOf(PoolReply.Rejected.class);
        assertThat(pool.ask(new PoolCommand.SetBudget(JOB, Optional.of(Money.usd("1")))))
                .isInstanceOf(PoolReply.Job.class);
        assertThat(pool.events(NodeRequested.class)).hasSize(1);
    }
}
