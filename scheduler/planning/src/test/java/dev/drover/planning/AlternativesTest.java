package dev.drover.planning;

import static dev.drover.planning.Specs.JOB;
import static dev.drover.planning.Specs.SHARD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobSpecReader;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.shard.ShardWire;
import dev.drover.protocol.shard.TrainSpec;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A job that names another accelerator on its ladder runs there, too, with the batch that it has there. */
class AlternativesTest {
    private static final Market BIG = new Market("local", "r", "a", "big", CapacityType.SPOT);
    private static final Market SMALL = new Market("local", "r", "a", "small", CapacityType.SPOT);
    private static final JobSpec SPEC = JobSpecReader.read("""
            name: either
            pool: p
            shards: 2
            resources: {accelerator: big, count: 1, memory: 1GiB}
            train: {data: {path: /data.txt}, microBatch: 8, accumulation: 3}
            ladder:
              - {}
              - {accelerator: small, microBatch: 4}
            """);

    private static FakeWorld world() {
        return new FakeWorld(
                Specs.pool(),
                List.of(offer(BIG, "big", "0.90", 1), offer(SMALL, "small", "0.30", 2)),
                new FakeWorld.PerfectNetwork());
    }

    private static Offer offer(Market market, String accelerator, String price, int count) {
        return new Offer(market, Money.usd(price), new Resources(accelerator, count, ByteSize.ofMiB(4096)));
    }

    @Test
    void theGlobalBatchStaysWhatItIs() throws IOException {
        FakeWorld world = world();
        world.capacity.put(BIG, 0);
        world.submit(JOB, SPEC);
        world.until(60, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
        assertThat(world.instances())
                .as("both shards on the one node with two slots")
                .hasSize(1);
        TrainSpec train = task(world);
        assertThat(train.microBatch()).isEqualTo(4);
        assertThat(train.accumulation()).isEqualTo(6);
    }

    @Test
    void onItsOwnAcceleratorNothingChanges() throws IOException {
        FakeWorld world = world();
        world.submit(JOB, SPEC);
        world.until(60, () -> world.pool.shard(SHARD).state() == ShardState.RUNNING);
        TrainSpec train = task(world);
        assertThat(train.microBatch()).isEqualTo(8);
        assertThat(train.accumulation()).isEqualTo(3);
    }

    private static TrainSpec task(FakeWorld world) throws IOException {
        ShardTask task = world.handedOut.stream()
                .filter(Intent.TellAgent.class::isInstance)
                .map(intent -> ((Intent.TellAgent) intent).command())
                .filter(AgentCommand.Run.class::isInstance)
                .map(command -> ((AgentCommand.Run) command).task())
                .findFirst()
                .orElseThrow();
        return ShardWire.json().readValue(task.specJson(), TrainSpec.class);
    }
}
