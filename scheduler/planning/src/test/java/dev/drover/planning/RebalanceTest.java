package dev.drover.planning;

import static dev.drover.planning.Specs.DEMAND_A;
import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.SHARD;
import static dev.drover.planning.Specs.SPOT_A;
import static dev.drover.planning.Specs.SPOT_B;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.NodeEnding;
import dev.drover.planning.event.PoolEvent.NodeRequested;
import dev.drover.planning.event.PoolEvent.ShardDetached;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.planning.state.Node;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.pool.BuyingSpec;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.pool.RebalanceMode;
import dev.drover.protocol.pool.RebalanceSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rebalance signals: a node in zone a at 0.36 USD/h, with b at 0.72 USD/h beside it. A signal must hold for 2 minutes. */
class RebalanceTest {
    private static final int NEVER = -1;

    private static PoolSpec pool(RebalanceMode mode, Duration protectedTime, int min, int max) {
        PoolSpec spec = Specs.pool(CapacityMode.SPOT_WITH_FALLBACK, min, max);
        BuyingSpec buying = spec.buying();
        return Specs.pool(
                spec,
                spec.switchBack(),
                new BuyingSpec(
                        buying.policy(),
                        buying.ladder(),
                        buying.fallbackAfter(),
                        new RebalanceSpec(mode, Duration.ofMinutes(2)),
                        buying.preemption(),
                        buying.budget(),
                        buying.ownerBudgets(),
                        protectedTime));
    }

    /** A shard runs on node 1 in a, 60 s after its launch was asked for. */
    private static FakeWorld started(PoolSpec spec) {
        FakeWorld world = FakeWorld.of(spec, 1);
        world.steps(100_000);
        world.submit(JOB, job(1, 0));
        world.seconds(60);
        return world;
    }

    private static FakeWorld started(RebalanceMode mode) {
        return started(pool(mode, Duration.ZERO, 0, 4));
    }

    /** From now on the node's cloud says so, since {@code secondsAgo}. */
    private static void signal(FakeWorld world, NodeId node, int secondsAgo) {
        world.agent(node).signal(world.pool.now().minusSeconds(secondsAgo));
    }

    private static List<Market> marketsAsked(FakeWorld world) {
        return world.pool.events(NodeRequested.class).stream()
                .flatMap(event -> event.markets().stream())
                .toList();
    }

    private static Optional<Market> where(FakeWorld world) {
        return world.pool.shard(SHARD).node().flatMap(world.state()::node).flatMap(Node::market);
    }

    @Test
    void movesOnceTheSignalHasHeldMakeBeforeBreak() {
        FakeWorld world = started(RebalanceMode.MOVE);
        Instant from = world.pool.now();
        signal(world, node(1), 0);
        world.seconds(140);
        assertThat(world.pool.timeline(from)).isEqualTo("""
                        120s NodeRequested p-n2 in local:b:m1:SPOT REBALANCE
                        120s ShardTargeted j/0 to p-n2 REBALANCE
                        123s NodeLaunched p-n2 in local:b:m1:SPOT
                        126s NodeJoined p-n2
                        129s ShardDetached j/0@1 REBALANCE
                        129s NodeEnding p-n1 REBALANCE
                        130s NodeGone p-n1 REBALANCE
                        130s ShardGranted j/0@2 on p-n2 after step 181 REBALANCE
                        131s ShardStarted j/0@2
                        """);
        assertThat(where(world)).contains(SPOT_B);
        Reason why = world.pool.events(ShardDetached.class).getFirst().reason();
        assertThat(why.text())
                .isEqualTo("The cloud has said for 120 s that node p-n1 is more likely than others to be taken: "
                        + "its shards move to spot elsewhere.");
    }

    /**
     * When the node in b is asked for, in seconds from the signal's coming, 60 s after the first launch: granted at 6 s, launched at
     * 3 s.
     *
     * @param heldBefore how long the signal was there before the pool first heard of it
     * @param goneAfter when it goes
     */
    @ParameterizedTest(name = "{0}, held {1} s before, gone after {2} s, protected {3} s: at {4} s")
    @CsvSource({
        "MOVE, 0, 999, 0, 120",
        "MOVE, 0, 119, 0, -1",
        "MOVE, 50, 999, 0, 70",
        "MOVE, 300, 999, 0, 66",
        "MOVE, 0, 999, 177, 120",
        "MOVE, 0, 999, 178, 121",
        "MOVE, 0, 999, 300, 243",
        "MOVE, 0, 999, 3600, -1",
        "PREPARE, 0, 999, 0, 120",
        "PREPARE, 0, 119, 0, -1",
        "PREPARE, 300, 999, 0, 1",
        "PREPARE, 0, 999, 300, 243",
        "IGNORE, 0, 999, 0, -1",
    })
    void isActedOnOnlyOnceItHasHeldAndOutsideProtectedTime(
            RebalanceMode mode, int heldBefore, int goneAfter, int protectedSeconds, int at) {
        FakeWorld world = started(pool(mode, Duration.ofSeconds(protectedSeconds), 0, 4));
        Instant from = world.pool.now();
        signal(world, node(1), heldBefore);
        world.seconds(Math.min(goneAfter, 400));
        if (world.instances().contains(node(1))) {
            world.agent(node(1)).signal(null);
        }
        world.seconds(10);
        List<NodeRequested> asked = world.pool.events(NodeRequested.class);
        if (at == NEVER) {
            assertThat(asked).hasSize(1);
        } else {
            assertThat(asked.get(1).markets()).containsExactly(SPOT_B);
            assertThat(Duration.between(from, asked.get(1).at()).toSeconds()).isEqualTo(at);
        }
    }

    @Test
    void whatIsRefusedElsewhereStaysAndNeverGoesOnDemand() {
        FakeWorld world = started(RebalanceMode.MOVE);
        world.capacity.put(SPOT_B, 0);
        signal(world, node(1), 0);
        world.seconds(600);
        assertThat(marketsAsked(world)).doesNotContain(DEMAND_A).contains(SPOT_B);
        assertThat(world.pool.events(NodeRequested.class)).as("backs off").hasSizeLessThan(10);
        assertThat(world.pool.events(ShardGranted.class)).hasSize(1);
        assertThat(world.pool.events(ShardDetached.class)).isEmpty();
        world.capacity.put(SPOT_B, 1);
        world.until(330, () -> where(world).equals(Optional.of(SPOT_B)));
    }

    @Test
    void nothingGoesWhereNodesAreSignalledToo() {
        FakeWorld world = started(pool(RebalanceMode.MOVE, Duration.ZERO, 0, 2));
        world.capacity.put(SPOT_A, 1);
        world.submit(new JobId("k"), job(1, 0));
        world.seconds(20);
        signal(world, node(1), 300);
        signal(world, node(2), 0);
        world.seconds(600);
        assertThat(world.pool.events(ShardDetached.class)).isEmpty();
        assertThat(world.pool.events(NodeRequested.class)).hasSize(2);
    }

    /** Node 2 is idle in a, where node 1 has a signal: it is no place to go to, and nothing to be ready on. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "IGNORE")
    void anIdleNodeInTheSameMarketWillNotDo(RebalanceMode mode) {
        FakeWorld world = FakeWorld.of(pool(mode, Duration.ZERO, 2, 4), 1);
        world.steps(100_000);
        world.submit(JOB, job(1, 0));
        world.seconds(60);
        assertThat(world.state().node(node(2)).flatMap(Node::market)).contains(SPOT_A);
        signal(world, node(1), 60);
        world.seconds(90);
        assertThat(world.pool.events(NodeRequested.class).get(2).markets()).containsExactly(SPOT_B);
        assertThat(where(world)).contains(mode == RebalanceMode.MOVE ? SPOT_B : SPOT_A);
    }

    /** There is room for it on node 1, which has a signal, and nothing in b to move to. */
    @ParameterizedTest
    @CsvSource({"IGNORE, 2, true", "PREPARE, 2, true", "MOVE, 2, false", "MOVE, 1, true"})
    void whatIsNewGoesOnANodeThatIsToBeLeftOnlyForWantOfAnother(RebalanceMode mode, int maxNodes, boolean there) {
        FakeWorld world = FakeWorld.of(pool(mode, Duration.ZERO, 0, maxNodes), 2);
        world.steps(100_000);
        world.capacity.put(SPOT_B, 0);
        world.submit(JOB, job(1, 0));
        world.seconds(60);
        signal(world, node(1), 300);
        world.seconds(10);
        world.submit(new JobId("k"), job(1, 0));
        world.until(
                60,
                () -> world.pool.shard(new ShardId(new JobId("k"), 0)).node().isPresent());
        assertThat(world.state().runningOn(node(1))).hasSize(there ? 2 : 1);
    }

    /** Node 2 is idle for longer than it need be; while node 1 is being left for node 3 it is one of the two that are to stay. */
    @Test
    void aSpareStaysWhileAnotherNodeIsBeingLeft() {
        FakeWorld world = FakeWorld.of(pool(RebalanceMode.MOVE, Duration.ZERO, 2, 4), 1);
        world.steps(100_000);
        world.submit(JOB, job(1, 0));
        world.seconds(300);
        signal(world, node(1), 300);
        world.seconds(300);
        assertThat(where(world)).contains(SPOT_B);
        assertThat(world.instances()).containsExactlyInAnyOrder(node(2), node(3));
    }

    /** In zone b the signal comes at once, and goes in a: the shard is back there only after it was in b for 2 minutes. */
    @Test
    void signalsThatGoRoundDoNotMakeItGoRound() {
        FakeWorld world = started(RebalanceMode.MOVE);
        signal(world, node(1), 300);
        world.until(150, () -> where(world).equals(Optional.of(SPOT_B)));
        Instant came = world.pool.now();
        signal(world, node(2), 300);
        world.until(300, () -> where(world).equals(Optional.of(SPOT_A)));
        assertThat(world.pool.events(NodeRequested.class).get(2).at())
                .isBetween(came.plusSeconds(119), came.plusSeconds(121));
    }

    /** Spot is as dear as on demand, so that nothing switches back to it. */
    @Test
    void whatRunsOnDemandStaysThere() {
        FakeWorld world = new FakeWorld(
                pool(RebalanceMode.MOVE, Duration.ZERO, 0, 4),
                List.of(Specs.offer(SPOT_B, "3.60", 1), Specs.offer(DEMAND_A, "3.60", 1)),
                new FakeWorld.PerfectNetwork());
        world.steps(100_000);
        world.capacity.put(SPOT_B, 0);
        world.submit(JOB, job(1, 0));
        world.until(60, () -> where(world).equals(Optional.of(DEMAND_A)));
        world.seconds(10);
        world.capacity.put(SPOT_B, 1);
        signal(world, world.pool.shard(SHARD).node().orElseThrow(), 300);
        world.seconds(300);
        assertThat(where(world)).contains(DEMAND_A);
    }

    /** All shards of a node move, and to as few nodes as hold them. */
    @Test
    void aNodesShardsMoveTogether() {
        FakeWorld world = FakeWorld.of(pool(RebalanceMode.MOVE, Duration.ZERO, 0, 1), 2);
        world.steps(100_000);
        world.submit(JOB, job(2, 0));
        world.seconds(60);
        signal(world, node(1), 60);
        world.seconds(90);
        assertThat(world.state().runningOn(node(2))).hasSize(2);
        assertThat(world.pool.events(NodeRequested.class)).hasSize(2);
        assertThat(world.pool.events(NodeEnding.class)).hasSize(1);
    }

    @Test
    void aPreparedNodeIsKeptAndTheNoticeFindsItWarm() {
        FakeWorld world = started(RebalanceMode.PREPARE);
        signal(world, node(1), 0);
        world.seconds(600);
        assertThat(marketsAsked(world)).endsWith(SPOT_B).hasSize(3);
        assertThat(world.state().idleNodes()).extracting(Node::id).containsExactly(node(2));
        assertThat(world.pool.events(ShardDetached.class)).isEmpty();
        Instant from = world.pool.now();
        world.notice(node(1), Duration.ofSeconds(30));
        world.seconds(8);
        assertThat(world.pool.timeline(from)).isEqualTo("""
                        1s NodeNoticed p-n1
                        1s ShardTargeted j/0 to p-n2 EVICTION_NOTICE
                        3s ShardDetached j/0@1 EVICTION_NOTICE
                        3s NodeEnding p-n1 EVICTION_NOTICE
                        4s NodeGone p-n1 EVICTION_NOTICE
                        4s ShardGranted j/0@2 on p-n2 after step 655 EVICTION_NOTICE
                        5s ShardStarted j/0@2
                        """);
    }

    @Test
    void aPreparedNodeIsLetGoWithTheSignal() {
        FakeWorld world = started(RebalanceMode.PREPARE);
        signal(world, node(1), 0);
        world.seconds(400);
        world.agent(node(1)).signal(null);
        world.seconds(2);
        assertThat(world.pool.events(NodeEnding.class))
                .extracting(NodeEnding::node)
                .containsExactly(node(2));
        assertThat(world.pool.events(NodeEnding.class).getFirst().reason().code())
                .isEqualTo(Code.IDLE);
    }

    /** One for each signalled node with work, as far as the pool may have as many. */
    @ParameterizedTest
    @CsvSource({"2, 0", "3, 1", "4, 2", "9, 2"})
    void preparesOnePerSignalledNodeWithinTheLimit(int maxNodes, int prepared) {
        FakeWorld world = FakeWorld.of(pool(RebalanceMode.PREPARE, Duration.ZERO, 0, maxNodes), 1);
        world.steps(100_000);
        world.submit(JOB, job(2, 0));
        world.seconds(60);
        signal(world, node(1), 300);
        signal(world, node(2), 300);
        world.seconds(400);
        assertThat(world.state().idleNodes()).hasSize(prepared);
        assertThat(world.pool.events(NodeRequested.class)).hasSize(2 + prepared);
    }

    @Test
    void aNodeShowsItsSignalWhileItHasOne() {
        FakeWorld world = started(RebalanceMode.IGNORE);
        assertThat(shown(world)).isEmpty();
        signal(world, node(1), 30);
        Instant since = world.pool.now().minusSeconds(30);
        world.seconds(10);
        assertThat(shown(world)).contains(since);
        world.agent(node(1)).signal(null);
        world.seconds(10);
        assertThat(shown(world)).isEmpty();
    }

    private static Optional<Instant> shown(FakeWorld world) {
        return ((PoolReply.Nodes) world.ask(new PoolCommand.ListNodes()))
                .nodes()
                .getFirst()
                .rebalanceSince();
    }

    /** A signal of a node without work prepares nothing, and moves nothing. */
    @ParameterizedTest
    @EnumSource(RebalanceMode.class)
    void anIdleNodesSignalIsOfNoConsequence(RebalanceMode mode) {
        FakeWorld world = FakeWorld.of(pool(mode, Duration.ZERO, 1, 4), 1);
        world.seconds(20);
        signal(world, node(1), 300);
        world.seconds(400);
        assertThat(world.pool.events(NodeRequested.class)).hasSize(1);
        assertThat(world.pool.events(NodeEnding.class)).isEmpty();
    }

    /** Of two nodes with as much work the older goes, while its cloud does not take the younger. */
    @ParameterizedTest
    @CsvSource({"0, p-n2", "3600, p-n1"})
    void scaledDownThePoolKeepsWhatIsProtected(int protectedSeconds, String drained) {
        FakeWorld world = started(pool(RebalanceMode.IGNORE, Duration.ofSeconds(protectedSeconds), 0, 2));
        world.seconds(3_560);
        world.submit(new JobId("k"), job(1, 0));
        world.seconds(30);
        world.ask(
                new PoolCommand.ConfigurePool(pool(RebalanceMode.IGNORE, Duration.ofSeconds(protectedSeconds), 0, 1)));
        assertThat(world.state()
                        .node(new NodeId(drained))
                        .orElseThrow()
                        .leaving()
                        .orElseThrow()
                        .code())
                .isEqualTo(Code.SCALED_DOWN);
    }
}
