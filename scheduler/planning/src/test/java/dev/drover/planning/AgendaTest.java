package dev.drover.planning;

import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.SHARD;
import static dev.drover.planning.Specs.SPOT_A;
import static dev.drover.planning.Specs.job;
import static dev.drover.planning.Specs.machine;
import static dev.drover.planning.Specs.node;
import static dev.drover.planning.Specs.offer;
import static dev.drover.planning.Specs.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.planning.event.PoolEvent.NodeEnding;
import dev.drover.planning.input.Input;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.CapacityMode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An input about one node or shard changes what is due for another, and it is seen at once. {@link AgendaCheck} looks on. */
class AgendaTest {
    @Test
    void aNodeThatHasMoreRoomThanHopedForTakesWhoWaits() {
        Market larger = new Market("local", "r", "b", "m2", CapacityType.SPOT);
        PoolScript pool = new PoolScript();
        pool.ask(new PoolCommand.ConfigurePool(pool(CapacityMode.SPOT_ONLY, 0, 1)));
        pool.when(new Input.OffersSeen(List.of(offer(SPOT_A, "0.36", 1), offer(larger, "1.00", 2))));
        pool.ask(new PoolCommand.SubmitJob(JOB, job(2, 0), "ann"));
        assertThat(pool.shard(new ShardId(JOB, 1)).target()).isEmpty();
        pool.when(new Input.Launched(
                node(1),
                "i-1",
                larger,
                Money.usd("1.00"),
                machine(2),
                List.of(new Refusal(SPOT_A, Refusal.Kind.NO_CAPACITY, "InsufficientCapacity", "none"))));
        assertThat(pool.shard(new ShardId(JOB, 1)).target()).contains(node(1));
    }

    @Test
    void anIdleNodeThatWasKeptEndsWhenAnotherComesBack() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 1, 2), 1);
        world.steps(1_000);
        world.submit(JOB, job(2, 0));
        world.until(60, () -> world.published(new ShardId(JOB, 1)).size() == 1);
        world.ask(new PoolCommand.CancelJob(JOB, "no need"));
        world.seconds(70);
        world.unreachable.add(node(2));
        world.seconds(60);
        assertThat(world.pool.events(NodeEnding.class)).isEmpty();
        world.unreachable.clear();
        world.second();
        assertThat(world.pool.events(NodeEnding.class))
                .extracting(NodeEnding::node, NodeEnding::reason)
                .singleElement()
                .satisfies(ending -> {
                    assertThat(ending.toList().getFirst()).isEqualTo(node(1));
                    assertThat(((Reason) ending.toList().getLast()).code()).isEqualTo(Code.IDLE);
                });
    }

    @Test
    void aSlotThatIsGivenUpForABadNodeGoesToTheNextInLine() {
        FakeWorld world = FakeWorld.of(pool(CapacityMode.SPOT_ONLY, 0, 1), 1);
        world.steps(1_000);
        JobId next = new JobId("next");
        world.submit(JOB, job(1, 0));
        world.until(60, () -> world.published(SHARD).size() == 1);
        world.submit(next, job(1, 0));
        world.blind.add(node(2));
        world.kill(node(1));
        world.until(60, () -> world.pool.shard(new ShardId(next, 0)).node().isPresent());
        assertThat(world.pool.shard(new ShardId(next, 0)).node()).contains(node(2));
        assertThat(world.pool.shard(SHARD).cause().orElseThrow().code()).isEqualTo(Code.RESTORE_FAILED);
    }
}
