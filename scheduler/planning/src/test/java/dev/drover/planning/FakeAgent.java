package dev.drover.planning;

import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.agent.HandoffTarget;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An agent that obeys, and answers what is over with "stopped": two seconds to prepare, one step a second per shard, a checkpoint every ten. */
final class FakeAgent {
    static final int CHECKPOINT_EVERY = 10;

    /** One lease on the node. */
    private record Work(
            Phase phase,
            int step,
            @Nullable CheckpointRef checkpoint,
            @Nullable CheckpointRef bad) {
        Work in(Phase next) {
            return new Work(next, step, checkpoint, bad);
        }
    }

    private final NodeId node;
    private final FakeWorld world;
    private final Map<Lease, Work> works = new TreeMap<>();
    private final Set<Lease> over = new HashSet<>();
    private final Set<Lease> begun = new HashSet<>();
    private String incarnation = "one";
    private long sequence;
    private @Nullable EvictionNotice notice;
    private @Nullable Instant rebalanceSince;

    FakeAgent(NodeId node, FakeWorld world) {
        this.node = node;
        this.world = world;
    }

    /** The agent's process dies with its shards and starts again. */
    void restart(String newIncarnation) {
        incarnation = newIncarnation;
        sequence = 0;
        begun.clear();
        over.clear();
        works.clear();
    }

    String incarnation() {
        return incarnation;
    }

    void notice(EvictionNotice taken) {
        notice = taken;
    }

    void signal(@Nullable Instant since) {
        rebalanceSince = since;
    }

    boolean trains(Lease lease) {
        Work work = works.get(lease);
        return work != null && work.phase == Phase.RUNNING;
    }

    void obey(AgentCommand command, Instant now) {
        switch (command) {
            case AgentCommand.Heard ignored -> {}
            case AgentCommand.Welcome ignored -> {}
            case AgentCommand.Refuse ignored -> works.clear();
            case AgentCommand.Prepare(Lease lease, var ignored) ->
                works.putIfAbsent(
                        lease, new Work(over.contains(lease) ? Phase.STOPPED : Phase.PREPARING, 0, null, null));
            case AgentCommand.Run run -> run(run);
            case AgentCommand.HandOff(Lease lease, var target, Instant deadline) ->
                works.computeIfPresent(
                        lease, (key, work) -> work.phase == Phase.RUNNING ? work.in(Phase.STOPPING) : work);
            case AgentCommand.Release(Lease lease, String reason) -> {
                works.remove(lease);
                over.add(lease);
            }
            case AgentCommand.Drill(var time) ->
                world.evict(node, new EvictionNotice(EvictionNotice.Source.DRILL, now.plus(time)));
        }
    }

    private void run(AgentCommand.Run run) {
        if (over.contains(run.lease())) {
            works.putIfAbsent(run.lease(), new Work(Phase.STOPPED, 0, null, null));
            return;
        }
        Work had = works.get(run.lease());
        if (had != null && had.phase != Phase.PREPARING && had.phase != Phase.PREPARED) {
            return;
        }
        CheckpointRef from = run.resumeFrom();
        boolean bad = from != null && (world.isCorrupted(from) || world.blind.contains(node));
        works.put(
                run.lease(),
                bad
                        ? new Work(Phase.RESTORE_FAILED, 0, null, from)
                        : new Work(Phase.STARTING, from == null ? 0 : from.step(), null, null));
    }

    /** A second of work. */
    void work() {
        works.replaceAll((lease, work) -> switch (work.phase) {
            case PREPARING -> begun.add(lease) ? work : work.in(Phase.PREPARED);
            case STARTING -> isWaitingForStore(work) ? work : work.in(Phase.RUNNING);
            case RUNNING -> step(lease, work);
            case STOPPING ->
                world.stuck.contains(node) ? work : published(lease, work).in(Phase.STOPPED);
            case PREPARED, STOPPED, DONE, FAILED, RESTORE_FAILED -> work;
        });
    }

    private boolean isWaitingForStore(Work work) {
        return work.step > 0 && (world.storeAway || world.cutOff.contains(node));
    }

    private Work step(Lease lease, Work work) {
        if (world.fails(lease.shard(), work.step)) {
            return work.in(Phase.FAILED);
        }
        int made = Math.min(work.step + 1, world.steps());
        Work next = new Work(Phase.RUNNING, made, work.checkpoint, null);
        if (made == world.steps()) {
            return (made == 0 ? next : published(lease, next)).in(Phase.DONE);
        }
        return made % CHECKPOINT_EVERY == 0 ? published(lease, next) : next;
    }

    private Work published(Lease lease, Work work) {
        CheckpointRef ref = new CheckpointRef(lease, work.step, "digest-" + lease.generation() + "-" + work.step);
        world.publish(ref);
        return new Work(work.phase, work.step, ref, null);
    }

    AgentReport.Status status() {
        sequence++;
        List<ShardStatus> shards = works.entrySet().stream()
                .map(entry -> status(entry.getKey(), entry.getValue()))
                .toList();
        return new AgentReport.Status(node, incarnation, sequence, notice, rebalanceSince, shards);
    }

    private ShardStatus status(Lease lease, Work work) {
        HandoffTarget target =
                work.phase == Phase.PREPARED ? new HandoffTarget("http://" + node + "/" + lease, "secret") : null;
        String reason = work.phase == Phase.FAILED ? "NaN loss" : null;
        if (work.phase == Phase.STARTING && isWaitingForStore(work)) {
            reason = "can't read the store";
        }
        return new ShardStatus(lease, work.phase, work.step, work.checkpoint, target, reason, work.bad, 0, 0);
    }
}
