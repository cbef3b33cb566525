package dev.drover.bench;

import dev.drover.planning.PoolDecider;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.JobSubmitted;
import dev.drover.planning.event.PoolEvent.NodeJoined;
import dev.drover.planning.event.PoolEvent.NodeLaunched;
import dev.drover.planning.event.PoolEvent.NodeRequested;
import dev.drover.planning.event.PoolEvent.PoolConfigured;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.planning.event.PoolEvent.ShardStarted;
import dev.drover.planning.event.PoolEvent.ShardTargeted;
import dev.drover.planning.input.Input;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobSpecReader;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A full pool: every node has ten shards, of which the last has yet to make its first step, and the other shards wait. Made of the
 * events that would have made it, and of one report of each node.
 */
final class BusyPool {
    static final int SHARDS_PER_NODE = 10;
    static final int SHARDS_PER_JOB = 10;

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LAUNCHED = START.plusSeconds(1);

    /** Everything runs for a while, and no bill is due. */
    static final Instant NOW = START.plusSeconds(30);

    private static final Reason BECAUSE = Reason.of(Reason.Code.CHEAPEST_SPOT, "A benchmark.");
    private static final Resources MACHINE = new Resources("cpu", SHARDS_PER_NODE, ByteSize.ofMiB(40_960));
    private static final Market SPOT = new Market("local", "r", "a", "m10", CapacityType.SPOT);

    final PoolDecider decider = new PoolDecider();
    final PoolState state;
    final Observations seen;
    final JobSpec spec = JobSpecReader.read("""
            name: bench
            pool: bench
            shards: %d
            resources: {accelerator: cpu, count: 1, memory: 1GiB}
            command: [train]
            """.formatted(SHARDS_PER_JOB));
    private final int nodes;

    BusyPool(int nodes, int liveShards) {
        this.nodes = nodes;
        this.state = built(nodes, liveShards);
        this.seen = observed();
    }

    private PoolState built(int nodes, int liveShards) {
        PoolSpec pool = PoolSpec.defaults(new PoolName("bench")).withNodes(0, nodes);
        PoolState built = PoolState.EMPTY.apply(new PoolConfigured(pool, START));
        for (int i = 0; i < liveShards / SHARDS_PER_JOB; i++) {
            built = built.apply(new JobSubmitted(job(i), spec, "ann", START));
        }
        for (int i = 0; i < nodes; i++) {
            built = built.applyAll(joined(i));
        }
        for (int i = 0; i < nodes * SHARDS_PER_NODE; i++) {
            built = built.applyAll(started(i));
        }
        return built;
    }

    private static List<PoolEvent> joined(int index) {
        NodeId node = node(index);
        return List.of(
                new NodeRequested(node, List.of(SPOT), BECAUSE, LAUNCHED),
                new NodeLaunched(node, "i-" + node, SPOT, Money.usd("0.36"), MACHINE, LAUNCHED),
                new NodeJoined(node, "one", LAUNCHED));
    }

    private static List<PoolEvent> started(int index) {
        ShardId shard = shard(index);
        NodeId node = node(index / SHARDS_PER_NODE);
        List<PoolEvent> events = new ArrayList<>();
        events.add(new ShardTargeted(shard, node, BECAUSE, LAUNCHED));
        events.add(new ShardGranted(new Lease(shard, 1), node, Optional.empty(), BECAUSE, LAUNCHED));
        if (!isLast(index)) {
            events.add(new ShardStarted(new Lease(shard, 1), LAUNCHED));
        }
        return events;
    }

    private Observations observed() {
        List<Offer> offers = new ArrayList<>();
        for (String zone : List.of("a", "b", "c", "d")) {
            for (CapacityType type : CapacityType.values()) {
                String price = type == CapacityType.SPOT ? "0.36" : "1.20";
                offers.add(new Offer(new Market("local", "r", zone, "m10", type), Money.usd(price), MACHINE));
            }
        }
        Observations observed = decider.observe(
                Observations.startingAt(NOW.minusSeconds(1)), state, new Input.OffersSeen(offers), NOW.minusSeconds(1));
        for (int i = 0; i < nodes; i++) {
            observed = decider.observe(observed, state, steady(i, 1), NOW.minusSeconds(1));
        }
        return observed;
    }

    static NodeId node(int index) {
        return new NodeId("bench-n" + (index + 1));
    }

    static JobId job(int index) {
        return new JobId("j" + index);
    }

    private static ShardId shard(int index) {
        return new ShardId(job(index / SHARDS_PER_JOB), index % SHARDS_PER_JOB);
    }

    private static boolean isLast(int index) {
        return index % SHARDS_PER_NODE == SHARDS_PER_NODE - 1;
    }

    /** All goes on as it was. */
    static Input steady(int node, int sequence) {
        return report(node, sequence, Phase.STARTING, 0, Phase.RUNNING);
    }

    /** The last shard makes its first step. */
    static Input starting(int node, int sequence) {
        return report(node, sequence, Phase.RUNNING, 1, Phase.RUNNING);
    }

    /** The first shard has made its last step. */
    static Input ending(int node, int sequence) {
        return report(node, sequence, Phase.STARTING, 0, Phase.DONE);
    }

    private static Input report(int node, int sequence, Phase last, int lastStep, Phase first) {
        List<ShardStatus> shards = new ArrayList<>();
        for (int i = node * SHARDS_PER_NODE; i < (node + 1) * SHARDS_PER_NODE; i++) {
            Phase others = i % SHARDS_PER_NODE == 0 ? first : Phase.RUNNING;
            shards.add(isLast(i) ? status(shard(i), last, lastStep) : status(shard(i), others, 100 + sequence));
        }
        return new Input.StatusReported(new AgentReport.Status(node(node), "one", sequence, null, shards));
    }

    private static ShardStatus status(ShardId shard, Phase phase, int step) {
        Lease lease = new Lease(shard, 1);
        @Nullable CheckpointRef saved = phase == Phase.DONE ? new CheckpointRef(lease, step, "digest") : null;
        return new ShardStatus(lease, phase, step, saved, null, null, null, 400, 50);
    }
}
