package dev.drover.planning;

import dev.drover.planning.Intent.TellAgent;
import dev.drover.planning.input.Effort;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.ShardState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What should be under way outside, derived from what is and what was last seen. Nothing here is remembered. */
final class Outstanding {
    /** A member is worth asking the provider about after this many silent heartbeats. */
    static final int UNREACHABLE_AFTER_HEARTBEATS = 3;

    private final Views views;

    Outstanding(Views views) {
        this.views = views;
    }

    /** What should be under way of what is on the agenda. */
    List<Intent> intents(PoolState state, Observations seen, Instant now, Agenda agenda) {
        List<Intent> intents = new ArrayList<>();
        if (state.spec().isEmpty()) {
            return intents;
        }
        agenda.nodes(state).forEach(node -> ofNode(state, seen, node, now, intents));
        agenda.shards(state).forEach(shard -> ofShard(state, seen, shard, now, intents));
        Accounts accounts = new Accounts(state, seen, now);
        agenda.endedJobs(state).stream()
                .filter(job -> !job.isLive())
                .filter(job -> !seen.isLeftAlone(new Effort.Archiving(job.id()), now))
                .forEach(job -> intents.add(new Intent.Archive(views.jobView(accounts, seen, job, now))));
        return intents;
    }

    private static void ofNode(PoolState state, Observations seen, Node node, Instant now, List<Intent> intents) {
        if (!seen.isLeftAlone(new Effort.Instance(node.id()), now)) {
            ofInstance(state, seen, node, now).ifPresent(intents::add);
        }
        if (node.phase() == NodePhase.ENDING) {
            return;
        }
        for (ShardStatus status :
                seen.status(node.id()).map(AgentReport.Status::shards).orElse(List.of())) {
            fence(state, node, status.lease()).ifPresent(intents::add);
        }
    }

    private static Optional<Intent> ofInstance(PoolState state, Observations seen, Node node, Instant now) {
        if (node.phase() == NodePhase.ENDING) {
            return Optional.of(new Intent.TerminateNode(node.id()));
        }
        if (node.instance().isEmpty()) {
            return Optional.of(new Intent.LaunchNode(node.id(), node.wanted()));
        }
        return isUnreachable(state, seen, node, now) ? Optional.of(new Intent.ProbeNode(node.id())) : Optional.empty();
    }

    /** A member that should be heard of and is not. */
    static boolean isUnreachable(PoolState state, Observations seen, Node node, Instant now) {
        long heartbeatNanos = state.lease().heartbeat().toNanos();
        return (node.phase() == NodePhase.READY || node.phase() == NodePhase.DRAINING || node.phase() == NodePhase.LOST)
                && seen.silence(node.id(), now).toNanos() > UNREACHABLE_AFTER_HEARTBEATS * heartbeatNanos;
    }

    private static Optional<Intent> fence(PoolState state, Node node, Lease lease) {
        if (!isOver(state, node, lease)) {
            return Optional.empty();
        }
        Optional<Shard> shard = state.shard(lease.shard()).filter(Shard::isLive);
        String reason = shard.map(known -> known.generation() == lease.generation()
                        ? "generation %d is not on this node any more".formatted(lease.generation())
                        : "generation %d is stale; the shard is at generation %d"
                                .formatted(lease.generation(), known.generation()))
                .orElse("the shard has ended");
        return Optional.of(new TellAgent(node.id(), new AgentCommand.Release(lease, reason)));
    }

    /** Whatever a node holds that is neither the current grant nor the promised next one is to be let go. */
    static boolean isOver(PoolState state, Node node, Lease lease) {
        return state.shard(lease.shard())
                .filter(Shard::isLive)
                .filter(known -> isHeld(state, known, lease, node.id()))
                .isEmpty();
    }

    /** Granted to the node, or promised it, or still open to be taken back. */
    private static boolean isHeld(PoolState state, Shard shard, Lease lease, NodeId node) {
        boolean current = shard.generation() == lease.generation()
                && shard.node().filter(node::equals).isPresent();
        boolean next = shard.generation() + 1 == lease.generation()
                && shard.target().filter(node::equals).isPresent();
        return current || next || Adoption.isOpen(state, shard, lease, node);
    }

    private static void ofShard(PoolState state, Observations seen, Shard shard, Instant now, List<Intent> intents) {
        boolean leftAlone = seen.isLeftAlone(new Effort.CheckpointRead(shard.id()), now);
        if (shard.generation() > 0 && Grants.isDue(state, shard) && !leftAlone) {
            intents.add(
                    new Intent.ReadCheckpoints(shard.id(), shard.generation(), shard.since(), Restores.doubted(shard)));
        }
        Job job = state.job(shard.id().job()).orElseThrow();
        shard.node().flatMap(state::node).ifPresent(node -> {
            run(seen, node, shard, job).ifPresent(intents::add);
            if (Handoffs.isDue(state, seen, node, shard, now)) {
                handOff(state, seen, node, shard, now).ifPresent(intents::add);
            }
        });
        if (shard.state() == ShardState.HANDING_OFF) {
            prepare(state, seen, shard, job).ifPresent(intents::add);
        }
    }

    /** The grant is told until the agent shows that it has it, also where the shard is already to move on. */
    private static Optional<Intent> run(Observations seen, Node node, Shard shard, Job job) {
        Lease lease = shard.lease().orElseThrow();
        boolean waits = seen.status(node.id(), lease)
                .map(ShardStatus::phase)
                .map(phase -> phase == Phase.PREPARING || phase == Phase.PREPARED)
                .orElse(shard.state() == ShardState.PLACED);
        return waits
                ? Optional.of(new TellAgent(
                        node.id(),
                        new AgentCommand.Run(
                                lease,
                                Tasks.of(job, accelerator(node, job)),
                                shard.attempts().getLast().resumeFrom().orElse(null))))
                : Optional.empty();
    }

    private static Optional<Intent> handOff(PoolState state, Observations seen, Node node, Shard shard, Instant now) {
        Lease lease = shard.lease().orElseThrow();
        boolean runs = seen.status(node.id(), lease)
                .filter(status -> status.phase() == Phase.RUNNING)
                .isPresent();
        return runs
                ? Optional.of(new TellAgent(
                        node.id(),
                        new AgentCommand.HandOff(
                                lease,
                                Handoffs.target(seen, shard).orElse(null),
                                Handoffs.deadline(state, seen, node, shard, now))))
                : Optional.empty();
    }

    private static Optional<Intent> prepare(PoolState state, Observations seen, Shard shard, Job job) {
        return shard.target()
                .flatMap(state::node)
                .filter(node -> node.phase() == NodePhase.READY && seen.isConnected(node.id()))
                .filter(node -> seen.status(node.id(), shard.nextLease()).isEmpty())
                .map(node -> new TellAgent(
                        node.id(), new AgentCommand.Prepare(shard.nextLease(), Tasks.of(job, accelerator(node, job)))));
    }

    private static String accelerator(Node node, Job job) {
        return node.instance()
                .map(Node.Instance::resources)
                .orElse(job.spec().resources())
                .accelerator();
    }
}
