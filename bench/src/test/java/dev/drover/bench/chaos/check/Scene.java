package dev.drover.bench.chaos.check;

import dev.drover.bench.chaos.check.Story.InstanceLife;
import dev.drover.bench.chaos.check.Story.StoredCheckpoint;
import dev.drover.bench.chaos.history.Entry;
import dev.drover.bench.chaos.history.Fault;
import dev.drover.dist.demo.TelemetryPoint;
import dev.drover.planning.event.PoolEvent;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobSpecReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A small campaign in which all went well, as far as it can: one job of one shard and twenty steps trained on n1, whose agent was killed at step 13, and
 * from step 10 on n2. Tests change a part of it.
 */
final class Scene {
    static final JobId JOB = new JobId("job1");
    static final ShardId SHARD = new ShardId(JOB, 0);
    static final NodeId ONE = new NodeId("herd-n1");
    static final NodeId TWO = new NodeId("herd-n2");
    static final Lease FIRST = new Lease(SHARD, 1);
    static final Lease SECOND = new Lease(SHARD, 2);

    final List<Entry> history = new ArrayList<>();
    final List<PoolEvent> journal = new ArrayList<>();
    final List<InstanceLife> instances = new ArrayList<>();
    final List<StoredCheckpoint> checkpoints = new ArrayList<>();
    final List<TelemetryPoint> losses = new ArrayList<>();
    final List<TelemetryPoint> undisturbed = new ArrayList<>();
    final List<String> left = new ArrayList<>();

    Scene() {
        history.add(new Entry.Began(at(0)));
        history.add(new Entry.Submitting(at(1), "key", "small"));
        history.add(new Entry.Acknowledged(at(2), "key", "small", JOB, "s1"));
        fault(30, 30, new Fault.AgentKilled(0), ONE);
        journal.add(new PoolEvent.JobSubmitted(JOB, spec(), "user", at(2)));
        requested(ONE, 3);
        journal.add(new PoolEvent.ShardGranted(FIRST, ONE, Optional.empty(), why(Reason.Code.FIRST_PLACEMENT), at(10)));
        journal.add(new PoolEvent.ShardDetached(FIRST, 13, why(Reason.Code.NODE_TERMINATED), at(31)));
        journal.add(new PoolEvent.NodeGone(ONE, why(Reason.Code.NODE_TERMINATED), at(31)));
        requested(TWO, 32);
        journal.add(new PoolEvent.ShardGranted(
                SECOND, TWO, Optional.of(ref(FIRST, 10)), why(Reason.Code.OTHER_ZONE), at(40)));
        journal.add(
                new PoolEvent.ShardSucceeded(SECOND, Optional.of(ref(SECOND, 20)), why(Reason.Code.COMPLETED), at(50)));
        journal.add(new PoolEvent.NodeGone(TWO, why(Reason.Code.IDLE), at(90)));
        instances.add(new InstanceLife(ONE, "i-1", at(4), Optional.of(at(30))));
        instances.add(new InstanceLife(TWO, "i-2", at(33), Optional.of(at(88))));
        checkpoints.add(new StoredCheckpoint(ref(FIRST, 10), Optional.empty()));
        checkpoints.add(new StoredCheckpoint(ref(SECOND, 20), Optional.empty()));
        for (int step = 1; step <= 20; step++) {
            undisturbed.add(point(1, step, false));
            losses.add(point(step <= 10 ? 1 : 2, step, false));
        }
        losses.add(point(1, 11, true));
        history.add(new Entry.Ended(at(52), JOB, "SUCCEEDED"));
        history.add(new Entry.SchedulerStarted(at(100), 0, 4711));
    }

    static Instant at(int second) {
        return Instant.parse("2026-01-01T00:00:00Z").plusSeconds(second);
    }

    static Reason why(Reason.Code code) {
        return Reason.of(code, "because");
    }

    static CheckpointRef ref(Lease lease, int step) {
        return new CheckpointRef(lease, step, "digest-" + lease.generation() + "-" + step);
    }

    static TelemetryPoint point(int generation, int step, boolean superseded) {
        return new TelemetryPoint(0, generation, step, "%08x".formatted(1000 - step), null, 0, 0, 0, superseded);
    }

    void requested(NodeId node, int second) {
        journal.add(new PoolEvent.NodeRequested(node, List.of(), why(Reason.Code.CHEAPEST_SPOT), at(second)));
    }

    /** A fault that was healed. */
    void fault(int from, int to, Fault fault, NodeId... nodes) {
        int number = history.size();
        history.add(new Entry.FaultBegan(at(from), number, fault, "", List.of(nodes), List.of()));
        history.add(new Entry.FaultHealed(at(to), number));
    }

    void damaged(CheckpointRef ref) {
        history.add(
                new Entry.FaultBegan(at(20), 99, new Fault.CheckpointDamaged(0, true), "", List.of(), List.of(ref)));
    }

    /** Puts an event in the place of the first of its kind. */
    void instead(Class<? extends PoolEvent> kind, PoolEvent... events) {
        for (int i = 0; i < journal.size(); i++) {
            if (kind.isInstance(journal.get(i))) {
                journal.remove(i);
                journal.addAll(i, List.of(events));
                return;
            }
        }
        throw new IllegalStateException("there is no " + kind);
    }

    Story story() {
        return new Story(
                history, journal, instances, checkpoints, Map.of(JOB, losses), Map.of("small", undisturbed), left);
    }

    private static JobSpec spec() {
        return JobSpecReader.read("""
            name: small
            pool: herd
            command: [/bin/true]
            resources: {accelerator: cpu, count: 1, memory: 1GiB}
            checkpoint: {every: 5, keep: 3}
            """);
    }
}
