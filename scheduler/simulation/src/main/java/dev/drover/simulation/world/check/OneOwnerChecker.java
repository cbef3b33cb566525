package dev.drover.simulation.world.check;

import dev.drover.planning.Intent;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.input.Input;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A shard has one owner: generations are granted one after the other, each to one node, while nobody holds the shard; only one
 * can commit; at most one program trains under a lease; and whoever reports an older one is told to let it go.
 */
final class OneOwnerChecker implements Checker {
    private final Map<ShardId, Owner> owners = new HashMap<>();
    private final Map<Lease, NodeId> trainers = new HashMap<>();

    /** What was granted of one shard: of each generation the step it continued from. */
    private static final class Owner {
        private final List<Integer> resumed = new ArrayList<>();
        private Optional<NodeId> node = Optional.empty();

        int generation() {
            return resumed.size();
        }

        /** Whether a checkpoint could still count: no later generation continued from before it. */
        boolean counts(CheckpointRef ref) {
            int generation = ref.lease().generation();
            return generation <= generation()
                    && resumed.subList(generation, resumed.size()).stream().allMatch(step -> ref.step() <= step);
        }
    }

    @Override
    public void happened(Instant at, Fact fact, Findings findings) {
        if (fact instanceof Fact.TrainingBegan(NodeId node, Lease lease, int ignored)) {
            NodeId other = trainers.put(lease, node);
            if (other != null) {
                findings.report(this, at, "%s trains on %s and on %s".formatted(lease, other, node));
            }
        } else if (fact instanceof Fact.TrainingEnded ended) {
            trainers.remove(ended.lease(), ended.node());
        }
    }

    @Override
    public void decided(Turn turn, Findings findings) {
        for (PoolEvent event : turn.decision().events()) {
            if (event instanceof PoolEvent.ShardGranted granted) {
                granted(turn.at(), granted, findings);
            } else if (event instanceof PoolEvent.ShardAdopted adopted) {
                adopted(turn.at(), adopted, findings);
            } else if (event instanceof PoolEvent.ShardDetached detached) {
                left(detached.lease());
            } else if (event instanceof PoolEvent.ShardFailed failed) {
                left(failed.lease());
            } else if (event instanceof PoolEvent.ShardSucceeded succeeded) {
                succeeded(turn.at(), succeeded, findings);
            } else if (event instanceof PoolEvent.JobArchived archived) {
                forget(archived.job());
            }
        }
        if (turn.input() instanceof Input.StatusReported(AgentReport.Status status)) {
            status.shards().forEach(shard -> fenced(turn, status, shard, findings));
        }
    }

    private Owner owner(ShardId shard) {
        return owners.computeIfAbsent(shard, ignored -> new Owner());
    }

    private void granted(Instant at, PoolEvent.ShardGranted granted, Findings findings) {
        Lease lease = granted.lease();
        Owner owner = owner(lease.shard());
        if (lease.generation() != owner.generation() + 1) {
            findings.report(
                    this,
                    at,
                    "%s was granted to %s after generation %d".formatted(lease, granted.node(), owner.generation()));
        }
        owner.node.ifPresent(holder -> findings.report(
                this, at, "%s was granted to %s while %s holds the shard".formatted(lease, granted.node(), holder)));
        granted.resumeFrom()
                .filter(ref -> !owner.counts(ref))
                .ifPresent(ref -> findings.report(
                        this, at, "%s continues from %s, which a later generation left behind".formatted(lease, ref)));
        owner.node = Optional.of(granted.node());
        owner.resumed.add(granted.resumeFrom().map(CheckpointRef::step).orElse(0));
    }

    private void adopted(Instant at, PoolEvent.ShardAdopted adopted, Findings findings) {
        Owner owner = owner(adopted.lease().shard());
        if (adopted.lease().generation() != owner.generation() || owner.node.isPresent()) {
            findings.report(
                    this,
                    at,
                    "%s was adopted on %s; the shard is at generation %d on %s"
                            .formatted(adopted.lease(), adopted.node(), owner.generation(), owner.node));
        }
        owner.node = Optional.of(adopted.node());
    }

    private void succeeded(Instant at, PoolEvent.ShardSucceeded succeeded, Findings findings) {
        Owner owner = owner(succeeded.lease().shard());
        if (succeeded.lease().generation() != owner.generation()
                || !succeeded.checkpoint().map(owner::counts).orElse(true)) {
            findings.report(
                    this,
                    at,
                    "%s ended with %s; the shard is at generation %d"
                            .formatted(
                                    succeeded.lease(),
                                    succeeded.checkpoint().map(Object::toString).orElse("no checkpoint"),
                                    owner.generation()));
        }
        left(succeeded.lease());
    }

    private void left(Lease lease) {
        Owner owner = owner(lease.shard());
        if (lease.generation() == owner.generation()) {
            owner.node = Optional.empty();
        }
    }

    private void forget(JobId job) {
        owners.keySet().removeIf(shard -> shard.job().equals(job));
    }

    /** A report of a superseded or finished lease is answered with its release. */
    private void fenced(Turn turn, AgentReport.Status status, ShardStatus shard, Findings findings) {
        Lease lease = shard.lease();
        Optional<Shard> known = turn.after().shard(lease.shard()).filter(Shard::isLive);
        boolean over =
                known.filter(live -> live.generation() <= lease.generation()).isEmpty();
        boolean member = turn.after()
                .node(status.node())
                .filter(node -> node.phase() != NodePhase.ENDING)
                .isPresent();
        if (!over || !member || !turn.seen().isNews(status, turn.at())) {
            return;
        }
        boolean released = turn.decision().intents().stream()
                .anyMatch(intent ->
                        intent instanceof Intent.TellAgent(NodeId told, AgentCommand.Release(Lease let, var ignored))
                                && told.equals(status.node())
                                && let.equals(lease));
        if (!released) {
            findings.report(
                    this,
                    turn.at(),
                    "%s reports %s, which is over, and is not told to let it go".formatted(status.node(), lease));
        }
    }
}
