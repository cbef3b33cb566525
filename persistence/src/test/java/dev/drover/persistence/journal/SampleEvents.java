package dev.drover.persistence.journal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.state.ArchivedJob;
import dev.drover.planning.state.Ledger;
import dev.drover.planning.state.PoolLedger;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.SpendCategory;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.CheckpointSpec;
import dev.drover.protocol.job.Deadline;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.job.ProgramSpec;
import dev.drover.protocol.job.SchedulingSpec;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.BuyingSpec;
import dev.drover.protocol.pool.PolicyName;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.pool.RebalanceMode;
import dev.drover.protocol.pool.RebalanceSpec;
import dev.drover.protocol.pool.RungSpec;
import dev.drover.protocol.shard.DataSpec;
import dev.drover.protocol.shard.ModelSpec;
import dev.drover.protocol.shard.OptimizerSpec;
import dev.drover.protocol.shard.TrainSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** One event of each kind, and a state made from a plausible run of them. */
final class SampleEvents {
    static final Instant AT = Instant.parse("2026-03-01T10:00:00.123456789Z");
    static final PoolName POOL = new PoolName("herd");
    static final JobId JOB = new JobId("job-1");
    static final JobId OTHER_JOB = new JobId("job-2");
    static final ShardId SHARD = new ShardId(JOB, 0);
    static final Lease FIRST = new Lease(SHARD, 1);
    static final Lease SECOND = new Lease(SHARD, 2);
    static final NodeId NODE = new NodeId("n-1");
    static final Market SPOT = new Market("local", "west", "west-1", "local.small", CapacityType.SPOT);
    static final Resources RESOURCES = new Resources("cpu", 3, ByteSize.ofMiB(2048));
    static final CheckpointRef CHECKPOINT = new CheckpointRef(FIRST, 20, "ab".repeat(32));
    static final Reason REASON =
            Reason.of(Reason.Code.CHEAPEST_SPOT, "The cheapest spot market.", "price", "0.3", "market", SPOT);

    private static final List<PoolEvent.Part> PARTS = List.of(
            new PoolEvent.Part(Optional.of(JOB), SpendCategory.USEFUL, 1),
            new PoolEvent.Part(Optional.empty(), SpendCategory.IDLE, 2));

    private SampleEvents() {}

    static List<PoolEvent> oneOfEach() {
        EvictionNotice notice = new EvictionNotice(EvictionNotice.Source.DRILL, AT.plusSeconds(30));
        return List.of(
                new PoolEvent.PoolConfigured(pool(), AT),
                new PoolEvent.PoolConfigured(PoolSpec.defaults(POOL), AT),
                new PoolEvent.PoolPaused(AT),
                new PoolEvent.PoolResumed(AT),
                new PoolEvent.JobSubmitted(JOB, trainer(scheduling()), "ada", AT),
                new PoolEvent.JobSubmitted(OTHER_JOB, command(), "ada", AT),
                new PoolEvent.JobCancelled(JOB, "not needed", AT),
                new PoolEvent.JobBudgetSet(JOB, Optional.of(Money.usd("60.5")), AT),
                new PoolEvent.JobBudgetSet(JOB, Optional.empty(), AT),
                new PoolEvent.JobFinished(JOB, JobState.SUCCEEDED, REASON, AT),
                new PoolEvent.JobArchived(JOB, AT),
                new PoolEvent.ArchivedForgotten(List.of(JOB, OTHER_JOB), AT),
                new PoolEvent.NodeRequested(NODE, List.of(SPOT, SPOT.as(CapacityType.ON_DEMAND)), REASON, AT),
                new PoolEvent.NodeLaunched(NODE, "i-1", SPOT, Money.usd("0.3"), RESOURCES, AT),
                new PoolEvent.LaunchRefused(
                        NODE,
                        List.of(new Refusal(
                                SPOT, Refusal.Kind.NO_CAPACITY, "InsufficientInstanceCapacity", "none left")),
                        AT),
                new PoolEvent.NodeJoined(NODE, "inc-1", AT),
                new PoolEvent.NodeNoticed(NODE, notice, AT),
                new PoolEvent.NodeDraining(NODE, REASON, AT),
                new PoolEvent.NodeLost(NODE, REASON, AT),
                new PoolEvent.NodeEnding(NODE, REASON, AT),
                new PoolEvent.NodeGone(NODE, REASON, AT),
                billed(PARTS),
                new PoolEvent.ShardTargeted(SHARD, NODE, REASON, AT),
                new PoolEvent.TargetDropped(SHARD, REASON, AT),
                new PoolEvent.ShardGranted(SECOND, NODE, Optional.of(CHECKPOINT), REASON, AT),
                new PoolEvent.ShardGranted(FIRST, NODE, Optional.empty(), REASON, AT),
                new PoolEvent.ShardStarted(FIRST, AT),
                new PoolEvent.ShardCaughtUp(SECOND, 25, AT),
                new PoolEvent.ShardPreempted(SECOND, REASON, AT),
                new PoolEvent.ShardDetached(FIRST, 25, REASON, AT),
                new PoolEvent.ShardAdopted(SECOND, NODE, AT),
                new PoolEvent.CheckpointRejected(SECOND, CHECKPOINT, REASON, AT),
                new PoolEvent.ShardFailed(FIRST, 25, REASON, true, AT),
                new PoolEvent.ShardSucceeded(FIRST, Optional.of(CHECKPOINT), REASON, AT));
    }

    /** What the golden files of older versions, by their names, are read as. */
    static Map<String, PoolEvent> older() {
        return Map.of(
                "node.billed.v1", billed(List.of()),
                "pool.configured.v1", new PoolEvent.PoolConfigured(PoolSpec.defaults(POOL), AT),
                "job.submitted.v1", new PoolEvent.JobSubmitted(JOB, trainer(SchedulingSpec.DEFAULT), "ada", AT),
                "job.submitted.v1-2", new PoolEvent.JobSubmitted(OTHER_JOB, command(), "ada", AT));
    }

    /** A job on its second generation, a finished and an archived one, and a bill that is no whole millisecond. */
    static PoolState state() {
        return state(pool(), trainer(scheduling()));
    }

    /** The same in a pool, and with jobs, that say nothing of what {@code pool.state.v1} did not know: all paid was useful. */
    static PoolState olderState() {
        PoolState state = state(PoolSpec.defaults(POOL), trainer(SchedulingSpec.DEFAULT));
        Ledger.Spend all =
                new Ledger.Spend(Duration.ofNanos(60_000_000_001L), Money.usd("0.005"), Money.usd("0.166666666669"));
        Ledger total = new Ledger(Map.of(CapacityType.SPOT, Map.of(SpendCategory.USEFUL, all)), 0);
        return PoolState.of(
                state.spec(),
                state.paused(),
                state.nodes(),
                state.jobs(),
                state.order(),
                state.jobsSubmitted(),
                withoutOutcomes(state.archived()),
                state.nodesRequested(),
                new PoolLedger(total, HashTreePMap.singleton("ada", Money.usd("0.001666666667"))));
    }

    /** {@link #state()} as {@code pool.state.v2} has it, which did not keep how archived jobs had ended. */
    static PoolState secondState() {
        PoolState state = state();
        return PoolState.of(
                state.spec(),
                state.paused(),
                state.nodes(),
                state.jobs(),
                state.order(),
                state.jobsSubmitted(),
                withoutOutcomes(state.archived()),
                state.nodesRequested(),
                state.ledger());
    }

    private static PMap<JobId, ArchivedJob> withoutOutcomes(PMap<JobId, ArchivedJob> archived) {
        PMap<JobId, ArchivedJob> all = archived;
        for (JobId job : archived.keySet()) {
            all = all.plus(job, new ArchivedJob(archived.get(job).at(), Optional.empty()));
        }
        return all;
    }

    private static PoolState state(PoolSpec pool, JobSpec trainer) {
        return PoolState.EMPTY.applyAll(List.of(
                new PoolEvent.PoolConfigured(pool, AT),
                new PoolEvent.JobSubmitted(JOB, trainer, "ada", AT),
                new PoolEvent.JobSubmitted(OTHER_JOB, command(), "ada", AT),
                new PoolEvent.JobSubmitted(new JobId("job-3"), trainer, "ada", AT),
                new PoolEvent.NodeRequested(NODE, List.of(SPOT), REASON, AT),
                new PoolEvent.NodeLaunched(NODE, "i-1", SPOT, Money.usd("0.3"), RESOURCES, AT),
                new PoolEvent.NodeJoined(NODE, "inc-1", AT),
                new PoolEvent.ShardTargeted(SHARD, NODE, REASON, AT),
                new PoolEvent.ShardGranted(FIRST, NODE, Optional.empty(), REASON, AT),
                new PoolEvent.ShardStarted(FIRST, AT),
                billed(PARTS),
                new PoolEvent.ShardDetached(FIRST, 25, REASON, AT),
                new PoolEvent.CheckpointRejected(FIRST, CHECKPOINT, REASON, AT),
                new PoolEvent.ShardGranted(SECOND, NODE, Optional.of(CHECKPOINT), REASON, AT),
                new PoolEvent.JobCancelled(OTHER_JOB, "not needed", AT),
                new PoolEvent.JobFinished(OTHER_JOB, JobState.CANCELLED, REASON, AT),
                new PoolEvent.JobCancelled(new JobId("job-3"), "not needed", AT),
                new PoolEvent.JobFinished(new JobId("job-3"), JobState.CANCELLED, REASON, AT),
                new PoolEvent.JobArchived(new JobId("job-3"), AT)));
    }

    private static PoolEvent.NodeBilled billed(List<PoolEvent.Part> parts) {
        return new PoolEvent.NodeBilled(
                NODE,
                AT,
                AT.plusNanos(60_000_000_001L),
                Money.usd("0.3"),
                Money.usd("10"),
                Money.usd("0.4"),
                parts,
                AT.plusSeconds(60));
    }

    private static PoolSpec pool() {
        PoolSpec spec = PoolSpec.defaults(POOL);
        return new PoolSpec(
                spec.name(),
                spec.mode(),
                spec.provider(),
                spec.zones(),
                spec.instanceTypes(),
                spec.minNodes(),
                spec.maxNodes(),
                spec.idleTimeout(),
                spec.agentsPreferWarm(),
                spec.lease(),
                spec.backoff(),
                spec.switchBack(),
                new BuyingSpec(
                        PolicyName.UNIFORM_PROGRESS,
                        List.of(rung(CapacityType.SPOT, OptionalInt.empty())),
                        Duration.ofMinutes(10),
                        new RebalanceSpec(RebalanceMode.MOVE, Duration.ofSeconds(90)),
                        true,
                        Optional.of(Money.usd("500")),
                        Map.of("bob", Money.usd("100.5"), "ada", Money.usd("200")),
                        Duration.ofHours(1)));
    }

    private static SchedulingSpec scheduling() {
        return new SchedulingSpec(
                -7,
                List.of(OTHER_JOB),
                true,
                Optional.of(new Deadline.Within(Duration.ofHours(60))),
                Optional.of(Money.usd("40.25")),
                Optional.of(Duration.ofHours(48)),
                List.of(
                        rung(CapacityType.SPOT, OptionalInt.of(2)),
                        new RungSpec(
                                CapacityType.ON_DEMAND,
                                Optional.empty(),
                                List.of(),
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                Optional.of(Money.usd("15")),
                                OptionalInt.empty())));
    }

    private static RungSpec rung(CapacityType capacityType, OptionalInt microBatch) {
        return new RungSpec(
                capacityType,
                Optional.of("a100"),
                List.of("west"),
                List.of("west-1", "west-2"),
                List.of("p4d.24xlarge"),
                Optional.of(Money.usd("12.5")),
                Optional.empty(),
                microBatch);
    }

    private static JobSpec trainer(SchedulingSpec scheduling) {
        TrainSpec train = new TrainSpec(
                new ModelSpec(2, 64, 4, 2, 128),
                new DataSpec("tiny.txt", DataSpec.Format.TEXT, null, 64, 0.1),
                new OptimizerSpec(3e-3, 3e-4, 10, 0.1, 0.9, 0.95, 1e-8, 1),
                100,
                4,
                2,
                10,
                4,
                0.1,
                7,
                1);
        return job(new ProgramSpec.Trainer(train), scheduling);
    }

    static JobSpec command() {
        ProgramSpec program = new ProgramSpec.Command(
                List.of("/bin/program", "--fast"),
                JsonNodeFactory.instance.objectNode().put("depth", 3));
        return job(program, SchedulingSpec.DEFAULT);
    }

    private static JobSpec job(ProgramSpec program, SchedulingSpec scheduling) {
        return new JobSpec(
                "train",
                POOL,
                1,
                new Resources("cpu", 1, ByteSize.ofMiB(512)),
                program,
                new CheckpointSpec(10, 2),
                3,
                scheduling);
    }
}
