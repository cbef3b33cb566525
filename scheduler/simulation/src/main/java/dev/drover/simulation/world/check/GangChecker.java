package dev.drover.simulation.world.check;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobSpec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A gang starts as a whole: its shards are first granted in one decision, all or none, and until then, after every decision, slots are
 * kept for all of them or for none. A slot on a node that takes no work any more is none.
 */
final class GangChecker implements Checker {
    private final Map<JobId, Gang> waiting = new HashMap<>();

    /** A gang that was not granted yet. */
    private static final class Gang {
        private final int shards;
        private final Map<ShardId, NodeId> kept = new HashMap<>();
        private final Set<ShardId> granted = new HashSet<>();

        Gang(int shards) {
            this.shards = shards;
        }

        long slots(PoolState state) {
            return kept.values().stream()
                    .filter(node -> state.node(node).filter(Node::takesWork).isPresent())
                    .count();
        }
    }

    @Override
    public void decided(Turn turn, Findings findings) {
        if (turn.decision().events().isEmpty()) {
            return;
        }
        turn.decision().events().forEach(this::note);
        waiting.forEach((job, gang) -> judge(job, gang, turn, findings));
        waiting.values().removeIf(gang -> !gang.granted.isEmpty());
    }

    private void note(PoolEvent event) {
        if (event instanceof PoolEvent.JobSubmitted submitted) {
            JobSpec spec = submitted.spec();
            if (spec.scheduling().gang() && spec.shards() > 1) {
                waiting.put(submitted.job(), new Gang(spec.shards()));
            }
        } else if (event instanceof PoolEvent.JobCancelled cancelled) {
            waiting.remove(cancelled.job());
        } else if (event instanceof PoolEvent.OfShard ofShard) {
            Gang gang = waiting.get(ofShard.shard().job());
            if (gang != null) {
                note(gang, ofShard);
            }
        }
    }

    private static void note(Gang gang, PoolEvent.OfShard event) {
        if (event instanceof PoolEvent.ShardTargeted targeted) {
            gang.kept.put(targeted.shard(), targeted.node());
        } else if (event instanceof PoolEvent.TargetDropped dropped) {
            gang.kept.remove(dropped.shard());
        } else if (event instanceof PoolEvent.ShardGranted granted) {
            gang.granted.add(granted.shard());
        }
    }

    private void judge(JobId job, Gang gang, Turn turn, Findings findings) {
        if (!gang.granted.isEmpty()) {
            if (gang.granted.size() < gang.shards) {
                findings.report(
                        this,
                        turn.at(),
                        "of the %d shards of gang %s only %s are granted".formatted(gang.shards, job, gang.granted));
            }
            return;
        }
        long slots = gang.slots(turn.after());
        if (0 < slots && slots < gang.shards) {
            findings.report(
                    this, turn.at(), "gang %s keeps %d of %d slots: %s".formatted(job, slots, gang.shards, gang.kept));
        }
    }
}
