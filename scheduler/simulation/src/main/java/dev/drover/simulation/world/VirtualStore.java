package dev.drover.simulation.world;

import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.simulation.world.check.Fact;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The checkpoint store. It may be away for all or for some nodes, and what it holds may be damaged. */
final class VirtualStore {
    private static final Comparator<CheckpointRef> NEWEST_FIRST = Comparator.<CheckpointRef>comparingInt(
                    ref -> ref.lease().generation())
            .thenComparingInt(CheckpointRef::step)
            .reversed();

    private final Ground ground;
    private final Map<ShardId, List<CheckpointRef>> published = new HashMap<>();
    private final Set<CheckpointRef> altered = new HashSet<>();
    private final Set<CheckpointRef> incomplete = new HashSet<>();
    private final Set<NodeId> cutOff = new HashSet<>();
    private final Set<NodeId> blind = new HashSet<>();
    private boolean away;

    VirtualStore(Ground ground) {
        this.ground = ground;
    }

    // As agents and the scheduler use it.

    boolean isAway() {
        return away;
    }

    boolean isReachable(NodeId node) {
        return !away && !cutOff.contains(node);
    }

    void publish(CheckpointRef ref) {
        List<CheckpointRef> all = published.computeIfAbsent(ref.lease().shard(), shard -> new ArrayList<>());
        if (!all.contains(ref)) {
            all.add(ref);
            ground.tell(new Fact.Published(ref));
        }
    }

    /** Deletes what a lease may: of its own and older generations all but the newest. */
    void prune(Lease lease, int kept) {
        List<CheckpointRef> all = published.getOrDefault(lease.shard(), List.of());
        if (all.size() <= kept) {
            return;
        }
        List<CheckpointRef> prunable = all.stream()
                .filter(ref -> ref.lease().generation() <= lease.generation())
                .sorted(NEWEST_FIRST)
                .skip(Math.max(1, kept))
                .toList();
        all.removeAll(prunable);
        prunable.forEach(ref -> ground.tell(new Fact.Pruned(ref)));
    }

    /** What a listing shows: manifests that read and whose files are all there. */
    List<CheckpointRef> listing(ShardId shard, int upToGeneration) {
        return published.getOrDefault(shard, List.of()).stream()
                .filter(ref -> ref.lease().generation() <= upToGeneration)
                .filter(ref -> !incomplete.contains(ref))
                .toList();
    }

    /** What a listing says of those that it passes over. */
    List<String> passedOver(ShardId shard) {
        return published.getOrDefault(shard, List.of()).stream()
                .filter(incomplete::contains)
                .map(ref -> ref.lease() + " step " + ref.step() + ": a file is missing")
                .toList();
    }

    /** What is wrong with a checkpoint that is read as a whole, if anything is. */
    Optional<String> flaw(CheckpointRef ref) {
        boolean gone = !published.getOrDefault(ref.lease().shard(), List.of()).contains(ref);
        if (gone || incomplete.contains(ref)) {
            return Optional.of("a file is missing");
        }
        return altered.contains(ref) ? Optional.of("a file is altered") : Optional.empty();
    }

    /** As a node sees it: one with a bad disk takes all for damaged. */
    Optional<String> flaw(CheckpointRef ref, NodeId node) {
        return blind.contains(node) ? Optional.of("its digest differs on this node") : flaw(ref);
    }

    // What goes wrong.

    void setAway(boolean nowAway) {
        away = nowAway;
    }

    void cutOff(NodeId node, boolean now) {
        boolean ignored = now ? cutOff.add(node) : cutOff.remove(node);
    }

    void blind(NodeId node, boolean now) {
        boolean ignored = now ? blind.add(node) : blind.remove(node);
    }

    /** Damages the newest checkpoint of the shard, if it has one. */
    void damage(ShardId shard, boolean visibly) {
        List<CheckpointRef> all = published.getOrDefault(shard, List.of());
        if (!all.isEmpty()) {
            CheckpointRef newest = all.getLast();
            boolean ignored = visibly ? incomplete.add(newest) : altered.add(newest);
            ground.tell(new Fact.Damaged(newest));
        }
    }

    void heal() {
        away = false;
        cutOff.clear();
        blind.clear();
    }
}
