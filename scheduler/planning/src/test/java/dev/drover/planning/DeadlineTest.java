package dev.drover.planning;

import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.SHARD;
import static dev.drover.planning.Specs.SPOT_A;
import static dev.drover.planning.Specs.SPOT_B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.NodeDraining;
import dev.drover.planning.event.PoolEvent.NodeRequested;
import dev.drover.planning.event.PoolEvent.ShardSucceeded;
import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.CapacityPolicy;
import dev.drover.planning.policy.Demand;
import dev.drover.planning.policy.LadderPolicy;
import dev.drover.planning.state.Node;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobSpecReader;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.pool.BuyingSpec;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PolicyName;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A job of 20 minutes of work that is to be done within an hour; every 10 s a step is saved. With a changeover of a minute, and a
 * look every 5 minutes, it must be on demand with 20 + 1 + 2 x 5 minutes left at the latest.
 */
class DeadlineTest {
    private static final Instant DEADLINE = PoolScript.START.plus(Duration.ofHours(1));

    private static PoolSpec pool(CapacityMode mode, PolicyName policy) {
        PoolSpec pool = Specs.pool(mode, 0, 2);
        BuyingSpec buying = pool.buying();
        return Specs.pool(
                pool,
                pool.switchBack(),
                new BuyingSpec(
                        policy,
                        buying.ladder(),
                        buying.fallbackAfter(),
                        buying.rebalance(),
                        buying.preemption(),
                        buying.budget(),
                        buying.ownerBudgets(),
                        buying.protectedTime()));
    }

    private static JobSpec job(String more) {
        return JobSpecReader.read("""
                name: soon
                pool: p
                resources: {accelerator: cpu, count: 1, memory: 1GiB}
                command: [train]
                checkpoint: {every: 10}
                %s
                """.formatted(more));
    }

    private static FakeWorld world(PolicyName policy) {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_WITH_FALLBACK, policy), 1);
        world.steps(1_200);
        return world;
    }

    private static void submit(FakeWorld world) {
        world.submit(JOB, job("deadline: 1h\ncomputeTime: 20m"));
    }

    private static void noSpot(FakeWorld world) {
        world.capacity.put(SPOT_A, 0);
        world.capacity.put(SPOT_B, 0);
    }

    private static List<NodeRequested> onDemand(FakeWorld world) {
        return world.pool.events(NodeRequested.class).stream()
                .filter(event -> !event.markets().getFirst().isSpot())
                .toList();
    }

    private static int minutes(Instant at) {
        return (int) Duration.between(PoolScript.START, at).toMinutes();
    }

    @ParameterizedTest(name = "{0}: {1} after {2} to {3} min")
    @CsvSource({
        "GREEDY, DEADLINE_NEAR, 29, 31",
        "UNIFORM_PROGRESS, BEHIND_SCHEDULE, 0, 1",
        "ADAPTIVE, ON_DEMAND_CHEAPER, 29, 36"
    })
    void withoutAnySpotItWaitsAsThePolicySays(PolicyName policy, Code why, int from, int to) {
        FakeWorld world = world(policy);
        noSpot(world);
        submit(world);
        world.until(3_600, () -> !onDemand(world).isEmpty());
        NodeRequested first = onDemand(world).getFirst();
        assertThat(first.reason().code()).isEqualTo(why);
        assertThat(minutes(first.at())).isBetween(from, to);
        assertMeetsTheDeadline(world);
    }

    private static void assertMeetsTheDeadline(FakeWorld world) {
        world.until(3_600, () -> !world.pool.events(ShardSucceeded.class).isEmpty());
        assertThat(world.pool.events(ShardSucceeded.class).getFirst().at()).isBefore(DEADLINE);
    }

    /** After 10 minutes on spot 10 are left: greedy waits until 10 + 1 + 2 x 5 minutes are left; the even pace is met till minute 30. */
    @ParameterizedTest(name = "{0}: {1} after {2} to {3} min")
    @CsvSource({"GREEDY, DEADLINE_NEAR, 38, 41", "UNIFORM_PROGRESS, BEHIND_SCHEDULE, 26, 31"})
    void whatWasDoneOnSpotBuysTimeToWait(PolicyName policy, Code why, int from, int to) {
        FakeWorld world = world(policy);
        submit(world);
        world.seconds(600);
        noSpot(world);
        world.kill(Specs.node(1));
        world.seconds(60);
        assertThat(world.show(JOB).why().orElseThrow().code()).isEqualTo(Code.WAITS_FOR_SPOT);
        assertThat(world.show(JOB).why().orElseThrow().text())
                .startsWith("No spot market is open, and there is time to wait for one: ");
        world.until(3_600, () -> !onDemand(world).isEmpty());
        assertThat(onDemand(world).getFirst().reason().code()).isEqualTo(why);
        assertThat(minutes(onDemand(world).getFirst().at())).isBetween(from, to);
        assertMeetsTheDeadline(world);
    }

    @ParameterizedTest
    @EnumSource(PolicyName.class)
    void spotThatIsTakenAgainAndAgainMissesNoDeadline(PolicyName policy) {
        FakeWorld world = world(policy);
        submit(world);
        for (int i = 0; i < 240 && world.pool.events(ShardSucceeded.class).isEmpty(); i++) {
            boolean open = i % 4 == 0;
            world.capacity.put(SPOT_A, open ? 1 : 0);
            world.capacity.put(SPOT_B, 0);
            if (!open) {
                world.state().nodes().values().stream()
                        .filter(node -> node.market().filter(SPOT_A::equals).isPresent())
                        .forEach(node -> world.kill(node.id()));
            }
            world.seconds(30);
        }
        assertMeetsTheDeadline(world);
    }

    /** Spot in a is half as dear. */
    @ParameterizedTest
    @EnumSource(PolicyName.class)
    void theLaddersOrderComesBeforeThePolicysChoice(PolicyName policy) {
        FakeWorld world = world(policy);
        world.submit(JOB, job("""
                deadline: 1h
                computeTime: 20m
                ladder: [{zones: [b]}, {}, {capacityType: on-demand}]
                """));
        world.seconds(1);
        assertThat(world.pool.events(NodeRequested.class).getFirst().markets()).containsExactly(SPOT_B);
    }

    @Test
    void backOnSpotOnceThereIsTimeForIt() {
        FakeWorld world = world(PolicyName.UNIFORM_PROGRESS);
        noSpot(world);
        submit(world);
        world.until(60, () -> !onDemand(world).isEmpty());
        world.seconds(600);
        world.capacity.put(SPOT_B, 1);
        world.until(900, () -> world.state().ledger().total().switchBacks() == 1);
        assertThat(world.pool.shard(SHARD).because().orElseThrow().code()).isEqualTo(Code.SWITCH_BACK);
        assertThat(world.pool.shard(SHARD).because().orElseThrow().text())
                .startsWith("Spot is to be had, and there is time to change over: ");
        assertMeetsTheDeadline(world);
    }

    @Test
    void whatIsKnownOfTheWorkDecidesNotWhatWasHopedFor() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_WITH_FALLBACK, PolicyName.GREEDY), 1);
        noSpot(world);
        world.submit(JOB, job("deadline: 1h"));
        world.seconds(10);
        assertThat(onDemand(world))
                .as("nobody knows how long it takes, so it does not wait")
                .hasSize(1);
    }

    /** Goes on demand first, and then would rather have waited. */
    private static final class Regretful implements CapacityPolicy {
        private final LadderPolicy policy = new LadderPolicy();
        private final Reason regret = Reason.of(Code.WAITS_FOR_SPOT, "There is time.");
        boolean waits;

        @Override
        public Choice choose(PoolSpec pool, Demand demand, Observations seen, Instant now) {
            return waits ? new Choice.Wait(regret) : policy.choose(pool, demand, seen, now);
        }

        @Override
        public Optional<Choice> reconsider(PoolSpec pool, Node held, Demand demand, Observations seen, Instant now) {
            return waits ? Optional.of(new Choice.Wait(regret)) : Optional.empty();
        }

        @Override
        public List<Market> spotElsewhere(
                PoolSpec pool, Demand demand, Set<Market> shunned, Observations seen, Instant now) {
            return policy.spotElsewhere(pool, demand, shunned, seen, now);
        }
    }

    @Test
    void whatRatherWaitsSavesAndLetsItsNodeGo() {
        Regretful policy = new Regretful();
        FakeWorld world = new FakeWorld(
                pool(CapacityMode.SPOT_WITH_FALLBACK, PolicyName.GREEDY),
                Specs.offers(1),
                new FakeWorld.PerfectNetwork(),
                new PoolDecider(policy));
        world.steps(1_200);
        noSpot(world);
        world.submit(JOB, job(""));
        world.until(60, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
        world.seconds(95);
        policy.waits = true;
        world.until(30, () -> world.instances().isEmpty());
        int stoppedAt = world.pool.shard(SHARD).lastAttempt().orElseThrow().lastStep();
        assertThat(stoppedAt).isGreaterThan(90);
        assertThat(world.show(JOB).why().orElseThrow().code()).isEqualTo(Code.WAITS_FOR_SPOT);
        policy.waits = false;
        world.until(400, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
        assertThat(world.pool.shard(SHARD).lastAttempt().orElseThrow().resumeStep())
                .as("nothing is lost")
                .isEqualTo(stoppedAt);
    }

    @Test
    void aSpotPoolPausesWhateverTheDeadline() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, PolicyName.GREEDY), 1);
        noSpot(world);
        submit(world);
        world.seconds(3_590);
        assertThat(onDemand(world)).isEmpty();
        world.capacity.put(SPOT_A, 1);
        world.until(320, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
        assertThat(world.pool.events(NodeDraining.class)).isEmpty();
    }

    private static long changeoverSeconds(FakeWorld world) {
        return world.pool
                .seen()
                .history()
                .changeover(world.state().spec().orElseThrow())
                .toSeconds();
    }

    /** A longer one counts at once, a shorter one by a quarter; and never less than the pool says. */
    @Test
    void aChangeoverIsAsLongAsStartingTookOfLate() {
        FakeWorld world = world(PolicyName.GREEDY);
        assertThat(changeoverSeconds(world)).isEqualTo(60);
        world.bootSeconds = 100;
        submit(world);
        world.seconds(120);
        assertThat(changeoverSeconds(world)).isBetween(100L, 103L);
        world.bootSeconds = 3;
        world.submit(new JobId("k"), job("deadline: 1h\ncomputeTime: 20m"));
        world.seconds(30);
        assertThat(changeoverSeconds(world)).isBetween(76L, 79L);
        world.pool.restart();
        assertThat(changeoverSeconds(world)).isEqualTo(60);
    }

    @Test
    void whatStartsOnANodeThatWasThereTellsNothingOfLaunches() {
        FakeWorld world = FakeWorld.of(Specs.pool(CapacityMode.SPOT_ONLY, 1, 2), 1);
        world.steps(1_200);
        world.seconds(200);
        submit(world);
        world.seconds(30);
        assertThat(world.pool.shard(SHARD).state()).isEqualTo(ShardState.RUNNING);
        assertThat(changeoverSeconds(world)).isEqualTo(60);
    }

    @ParameterizedTest
    @EnumSource(PolicyName.class)
    void whatIsLateInAnyCaseIsNotSaidToBeInTime(PolicyName policy) {
        FakeWorld world = world(policy);
        noSpot(world);
        world.submit(JOB, job("deadline: 15m\ncomputeTime: 20m"));
        assertThat(onDemand(world).getFirst().reason().text())
                .startsWith(
                        "The deadline can't be met any more, and on demand it is missed by least: 20m of work are left");
    }
}
