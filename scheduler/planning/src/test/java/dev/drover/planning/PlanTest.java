package dev.drover.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.drover.planning.input.Input;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.api.PlanView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobSpecReader;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pool of at most 4 nodes says of a job before it is submitted: spot at 0.36 and 0.72, on demand at 3.60 USD/h. */
class PlanTest {
    private final PoolScript pool = new PoolScript();

    private void given(PoolSpec spec, List<Offer> offers) {
        pool.ask(new PoolCommand.ConfigurePool(spec));
        pool.when(new Input.OffersSeen(offers));
    }

    private void given(CapacityMode mode) {
        given(Specs.pool(mode, 0, 4), Specs.offers(1));
    }

    private static JobSpec job(String more) {
        return JobSpecReader.read("name: j\npool: p\ncommand: [x]\n" + more);
    }

    private PoolReply ask(JobSpec spec) {
        return pool.ask(new PoolCommand.PlanJob(new JobId("planned"), spec, "ann"));
    }

    private PlanView plan(String more) {
        return ((PoolReply.Plan) ask(job(more))).plan();
    }

    private void submit(String id, String more) {
        pool.ask(new PoolCommand.SubmitJob(new JobId(id), job(more), "bob"));
    }

    @Test
    void nothingIsKept() {
        given(CapacityMode.SPOT_WITH_FALLBACK);
        PoolState before = pool.state();
        Decision decision = pool.when(new Input.Asked(
                new PoolCommand.PlanJob(new JobId("planned"), job("computeTime: 1h\ndeadline: 2h"), "ann")));
        assertThat(decision.events()).isEmpty();
        assertThat(decision.intents()).isEmpty();
        assertThat(pool.state()).isEqualTo(before);
    }

    @Test
    void onDemandItIsExact() {
        given(CapacityMode.ON_DEMAND);
        PlanView plan = plan("shards: 2\ncomputeTime: 10h\ndeadline: 12h\nbudget: 80 USD");
        PlanView.Estimate estimate = plan.estimate().orElseThrow();
        assertThat(estimate.cost().expected()).isEqualTo(Money.usd("72.12"));
        assertThat(estimate.cost().low()).isEqualTo(Money.usd("72.12"));
        assertThat(estimate.onDemandCost()).contains(Money.usd("72.12"));
        assertThat(estimate.finish().high()).contains(PoolScript.START.plus(Duration.ofMinutes(601)));
        assertThat(estimate.hoursOnDemand()).isCloseTo(20 + 2 / 60.0, within(1e-6));
        assertThat(estimate.deadline())
                .contains(new PlanView.DeadlineOdds(PoolScript.START.plus(Duration.ofHours(12)), 1, true));
        assertThat(estimate.budget()).contains(new PlanView.BudgetOdds("job", Money.usd("80"), 1, true, 1));
        assertThat(plan.start().code()).isEqualTo(Code.NODE_STARTING);
        assertThat(plan.start().text()).contains("The pool buys on demand");
        assertThat(plan.spotPerShardHour()).isEmpty();
        assertThat(plan.because())
                .containsExactly(
                        "Each shard trains for 10h, as its computeTime says.",
                        "It runs on demand: the pool is ON_DEMAND, and its ladder has no spot market.");
    }

    @Test
    void itSaysWhatItWasReckonedFrom() {
        given(CapacityMode.SPOT_WITH_FALLBACK);
        PlanView plan = plan("computeTime: 48h\ndeadline: 60h\nbudget: 1 USD");
        assertThat(plan.because())
                .hasSize(4)
                .startsWith(
                        "Each shard trains for 2d, as its computeTime says.",
                        "Until the deadline the policy adaptive chooses between 2 spot markets, 2 of them open now, and on"
                                + " demand.",
                        "Nothing was seen of these spot markets so far, so that they are taken to be as spot markets are in"
                                + " general; 500 futures were drawn, at the prices of now.");
        assertThat(plan.because().getLast())
                .startsWith(
                        "The budget of 1 USD wins over all else: when it is spent, the job saves, stops and waits, ")
                .endsWith(" It can't be enough: the least that the job can cost is 17.286 USD.");
        PlanView.Estimate estimate = plan.estimate().orElseThrow();
        assertThat(estimate.deadline().orElseThrow().odds()).isEqualTo(1);
        assertThat(estimate.budget().orElseThrow().odds()).isZero();
        assertThat(estimate.cost().low()).isLessThan(estimate.cost().expected());
        assertThat(estimate.cost().expected()).isLessThan(estimate.cost().high());
        assertThat(estimate.cost().expected())
                .isLessThan(estimate.onDemandCost().orElseThrow());
        assertThat(plan.spotPerShardHour()).contains(Money.usd("0.36"));
        assertThat(plan.onDemandPerShardHour()).contains(Money.usd("3.60"));
    }

    @Test
    void whatWasSeenIsSaid() {
        given(CapacityMode.SPOT_WITH_FALLBACK);
        submit("other", "computeTime: 48h\ndeadline: 60h");
        for (int minute = 0; minute < 120; minute++) {
            pool.pass(Duration.ofMinutes(1));
            pool.when(new Input.Tick());
        }
        assertThat(plan("computeTime: 48h\ndeadline: 60h").because())
                .contains(
                        "These spot markets were looked at for 2.0 h, and nodes in them interrupted 0 times in 0.0 h; 500"
                                + " futures were drawn, at the prices of now.");
    }

    @Test
    void withoutAnyWorkKnownThePriceIsTold() {
        given(CapacityMode.SPOT_WITH_FALLBACK);
        PlanView plan = plan("deadline: 2h");
        assertThat(plan.work()).isEmpty();
        assertThat(plan.estimate()).isEmpty();
        assertThat(plan.spotPerShardHour()).contains(Money.usd("0.36"));
        assertThat(plan.because().getFirst()).startsWith("Nobody knows how long it trains; with computeTime");
    }

    @ParameterizedTest(name = "{0}, {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "SPOT_WITH_FALLBACK | computeTime: 3h, deadline: 2h | The deadline can't be met, not even on demand: undisturbed it takes 181m, and there are 2h.",
                "SPOT_ONLY | computeTime: 1h, deadline: 2h | Nothing on demand keeps the deadline when there is no spot.",
                "SPOT_ONLY | computeTime: 1h | It runs in 2 spot markets, 2 of them open now, and waits without one: the pool is SPOT_ONLY, and its ladder has nothing on demand.",
                "SPOT_WITH_FALLBACK | computeTime: 1h | It takes the first of 2 spot markets, 2 of them open now, and on demand while there is none.",
                "SPOT_WITH_FALLBACK | computeTime: 1h, shards: 6 | 4 of the 6 shards find room at once, in the 4 nodes that the pool may have; the others follow."
            })
    void whatStandsAgainstItIsSaid(CapacityMode mode, String fields, String sentence) {
        given(mode);
        assertThat(plan(fields.replace(", ", "\n")).because()).contains(sentence);
    }

    @Test
    void aBudgetInAnotherCurrencyIsRefusedAsASubmissionWouldBe() {
        given(CapacityMode.SPOT_WITH_FALLBACK);
        assertThat(ask(job("computeTime: 1h\nbudget: 5 CNY")))
                .isEqualTo(new PoolReply.Rejected("budget", "5 CNY", "an amount in USD, as the prices are"));
    }

    /** On demand for 72.12 USD, exactly. With a tenth of it the job gets a tenth done, but for the starts, which are paid first. */
    @ParameterizedTest(name = "job {0}, owner {1}, pool {2}: {3}")
    @CsvSource(nullValues = "none", textBlock = """
            # job,   owner, pool,  whose,     limit, odds, feasible, done
            80,      none,  none,  job,       80,    1,    true,     1
            80,      75,    none,  owner ann, 75,    1,    true,     1
            80,      none,  79,    pool p,    79,    1,    true,     1
            72,      75,    76,    job,       72,    0,    false,    0.998
            80,      14.935, none, owner ann, 14.935, 0,  false,    0.206
            none,    7.212, 76,    owner ann, 7.212, 0,    false,    0.098
            none,    36.06, 3.606, pool p,    3.606, 0,    false,    0.048
            80,      80,    80,    job,       80,    1,    true,     1
            """)
    void theTightestBudgetCounts(
            @Nullable String own,
            @Nullable String owner,
            @Nullable String whole,
            String whose,
            String limit,
            double odds,
            boolean feasible,
            double done) {
        given(budgeted(CapacityMode.ON_DEMAND, owner, whole), Specs.offers(1));
        PlanView plan = plan("shards: 2\ncomputeTime: 10h" + (own == null ? "" : "\nbudget: " + own + " USD"));
        PlanView.BudgetOdds budget = plan.estimate().orElseThrow().budget().orElseThrow();
        assertThat(budget.whose()).isEqualTo(whose);
        assertThat(budget.limit()).isEqualTo(Money.usd(limit));
        assertThat(budget.odds()).isEqualTo(odds);
        assertThat(budget.feasible()).isEqualTo(feasible);
        assertThat(budget.doneWhenSpent()).isCloseTo(done, within(1e-3));
    }

    private static PoolSpec budgeted(CapacityMode mode, @Nullable String owner, @Nullable String whole) {
        return Specs.budgeted(
                Specs.pool(mode, 0, 4), whole == null ? "" : whole, owner == null ? Map.of() : Map.of("ann", owner));
    }

    @ParameterizedTest(name = "owner {0}, pool {1}, {2}")
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "75 | none | computeTime: 10h | The budget of owner ann has 75 USD left.",
                "none | 40 | computeTime: 10h | The budget of pool p has 40 USD left, and this job is expected to cost 72.12 USD: when it is spent, the job saves, stops and waits, 55% done on average. It can't be enough: the least that the job can cost is 72.12 USD.",
                "20 | 40 | computeTime: 10h | The budget of pool p has 40 USD left, and this job is expected to cost 72.12 USD: when it is spent, the job saves, stops and waits. It can't be enough: the least that the job can cost is 72.12 USD.",
                "20 | none | deadline: 12h | The budget of owner ann has 20 USD left.",
                "20 | none | computeTime: 10h, budget: 50 USD | The budget of 50 USD wins over all else: when it is spent, the job saves, stops and waits. It can't be enough: the least that the job can cost is 72.12 USD.",
            })
    void whatIsLeftOfABudgetIsSaid(@Nullable String owner, @Nullable String whole, String fields, String sentence) {
        given(budgeted(CapacityMode.ON_DEMAND, owner, whole), Specs.offers(1));
        assertThat(plan("shards: 2\n" + fields.replace(", ", "\n")).because()).contains(sentence);
    }

    @Test
    void aBudgetThatIsEnoughInSomeFuturesSaysInHowMany() {
        given(budgeted(CapacityMode.SPOT_WITH_FALLBACK, "60", null), Specs.offers(1));
        PlanView plan = plan("computeTime: 48h\ndeadline: 60h");
        PlanView.BudgetOdds budget = plan.estimate().orElseThrow().budget().orElseThrow();
        assertThat(budget.odds()).isBetween(0.5, 0.9);
        assertThat(budget.feasible()).isTrue();
        assertThat(plan.because().getLast())
                .isEqualTo(
                        "The budget of owner ann has 60 USD left, which is enough in %.0f%% of the futures: when it is spent, the job saves, stops and waits, %.0f%% done on average."
                                .formatted(100 * budget.odds(), 100 * budget.doneWhenSpent()));
    }

    /** 100 s of a node on demand are spent, 0.1 USD, and 65 s of it reserved. */
    @Test
    void whatIsSpentAndReservedIsNotLeft() {
        FakeWorld world = FakeWorld.of(budgeted(CapacityMode.ON_DEMAND, "1", "0.5"), 1);
        world.steps(100_000);
        world.submit(Specs.JOB, Specs.job(1, 0));
        world.seconds(103);
        PoolReply.Plan plan = (PoolReply.Plan)
                world.ask(new PoolCommand.PlanJob(new JobId("planned"), job("computeTime: 1m"), "ann"));
        assertThat(plan.plan().estimate().orElseThrow().budget())
                .contains(new PlanView.BudgetOdds("pool p", Money.usd("0.335"), 1, true, 1));
        assertThat(plan.plan().because())
                .contains("The budget of owner ann has 0.835 USD left.", "The budget of pool p has 0.335 USD left.");
        PoolReply.Plan ofBob = (PoolReply.Plan)
                world.ask(new PoolCommand.PlanJob(new JobId("planned"), job("computeTime: 1m"), "bob"));
        assertThat(ofBob.plan().because()).noneMatch(sentence -> sentence.contains("owner"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "'resources: {accelerator: a100}', NO_MATCHING_TYPE, false",
        "'gang: true\nshards: 5', GANG_TOO_LARGE, false",
        "'shards: 5', POOL_FULL, true",
        "'ladder: [{maxPrice: 0.1 USD}]', PRICE_CAP, false",
        "'shards: 1', NODE_STARTING, true"
    })
    void whatHoldsItBackIsWhatWouldHoldItBack(String fields, Code code, boolean estimated) {
        given(CapacityMode.SPOT_WITH_FALLBACK);
        PlanView plan = plan("computeTime: 1h\n" + fields);
        assertThat(plan.start().code()).isEqualTo(code);
        assertThat(plan.estimate().isPresent()).isEqualTo(estimated);
    }

    @Test
    void whoComesFirstIsCounted() {
        given(CapacityMode.SPOT_WITH_FALLBACK);
        submit("large", "shards: 6");
        PlanView behind = plan("computeTime: 1h\npriority: -1");
        assertThat(behind.start().code()).isEqualTo(Code.POOL_FULL);
        assertThat(behind.ahead()).isEqualTo(2);
        assertThat(plan("computeTime: 1h\npriority: 1").ahead()).isZero();
        assertThat(plan("computeTime: 1h\nafter: [large]").start().code()).isEqualTo(Code.AFTER);
    }

    @Test
    void whatASubmissionRefusesIsRefused() {
        given(CapacityMode.SPOT_WITH_FALLBACK);
        PoolReply refused = ask(job("after: [nobody]"));
        assertThat(refused)
                .isEqualTo(pool.ask(new PoolCommand.SubmitJob(new JobId("planned"), job("after: [nobody]"), "ann")))
                .isInstanceOf(PoolReply.Rejected.class);
        pool.ask(new PoolCommand.PausePool());
        assertThat(plan("computeTime: 1h").start().code()).isEqualTo(Code.POOL_PAUSED);
    }

    /** Steps of a job that trains the same model: of a second each. */
    @Test
    void theBuiltInProgramsStepsAreThoseOfAJobAlike() {
        FakeWorld world = FakeWorld.of(Specs.pool(CapacityMode.SPOT_WITH_FALLBACK, 0, 4), 1);
        world.steps(400);
        String train = "name: j\npool: p\ncheckpoint: {every: 10}\nresources: {memory: 1GiB}\n"
                + "train: {data: {path: /d.txt}, steps: %d, microBatch: %d}";
        JobId known = new JobId("known");
        world.submit(known, JobSpecReader.read(train.formatted(400, 8)));
        world.seconds(120);
        PoolReply.Plan alike = (PoolReply.Plan) world.pool.ask(
                new PoolCommand.PlanJob(new JobId("planned"), JobSpecReader.read(train.formatted(3_600, 8)), "ann"));
        assertThat(alike.plan().work().orElseThrow()).isBetween(Duration.ofHours(1), Duration.ofMinutes(70));
        assertThat(alike.plan().because().getFirst()).endsWith("as those of job known take.");
        PoolReply.Plan other = (PoolReply.Plan) world.pool.ask(
                new PoolCommand.PlanJob(new JobId("planned"), JobSpecReader.read(train.formatted(3_600, 16)), "ann"));
        assertThat(other.plan().work()).isEmpty();
    }

    @Test
    void aDeadlineThatHasPassedIsNotMet() {
        given(CapacityMode.SPOT_WITH_FALLBACK);
        Instant past = PoolScript.START.minusSeconds(60);
        PlanView plan = plan("computeTime: 1h\ndeadline: " + past);
        assertThat(plan.estimate().orElseThrow().deadline()).contains(new PlanView.DeadlineOdds(past, 0, false));
        assertThat(plan.because())
                .contains(
                        "The deadline can't be met, not even on demand: undisturbed it takes 61m, and there are 0ms.");
    }
}
