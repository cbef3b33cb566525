package dev.drover.agent;

import dev.drover.agent.shard.ShardCommand;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.ActorRef;

/** The leases of a node: who handles each, how each stands, and which are over. */
final class Leases {
    private final Map<Lease, ActorRef<ShardCommand>> actors = new TreeMap<>();
    private final Map<Lease, ShardStatus> statuses = new TreeMap<>();
    private final Map<ShardId, Integer> newestOver = new HashMap<>();

    void hold(Lease lease, ActorRef<ShardCommand> actor) {
        actors.put(lease, actor);
    }

    Optional<ActorRef<ShardCommand>> actor(Lease lease) {
        return Optional.ofNullable(actors.get(lease));
    }

    /** Released already, or of a generation older than one that was: an order that comes late. */
    boolean isOver(Lease lease) {
        return lease.generation() <= newestOver.getOrDefault(lease.shard(), 0);
    }

    void end(Lease lease) {
        newestOver.merge(lease.shard(), lease.generation(), Math::max);
    }

    /** Takes a status and says whether it counts: what is over has no standing. */
    boolean report(ShardStatus status) {
        if (!actors.containsKey(status.lease()) || isOver(status.lease())) {
            return false;
        }
        statuses.put(status.lease(), status);
        return true;
    }

    /** A lease that was reported and has no actor: its actor crashed, or it was ordered when it was over. */
    boolean isOrphan(Lease lease) {
        return statuses.containsKey(lease) && !actors.containsKey(lease);
    }

    /** Nothing is left of it. */
    void forget(Lease lease) {
        actors.remove(lease);
        statuses.remove(lease);
    }

    /** Its actor ended; says whether that was unexpected, and then it stands as failed until it is released. */
    boolean crashed(Lease lease, String why) {
        boolean isUnexpected = actors.remove(lease) != null && !isOver(lease);
        if (isUnexpected) {
            end(lease);
            ShardStatus last = statuses.get(lease);
            int step = last == null ? 0 : last.step();
            CheckpointRef checkpoint = last == null ? null : last.checkpoint();
            statuses.put(lease, new ShardStatus(lease, Phase.FAILED, step, checkpoint, null, why, null, 0, 0));
        } else {
            statuses.remove(lease);
        }
        return isUnexpected;
    }

    /** Lets a lease that is over stand as stopped until it is released again; says whether that is news. */
    boolean refuse(Lease over, String why) {
        return statuses.putIfAbsent(over, new ShardStatus(over, Phase.STOPPED, 0, null, null, why, null, 0, 0)) == null;
    }

    /** Leases of the same shard and an older generation that are not at their end. */
    List<Lease> olderActive(Lease granted) {
        return active().stream()
                .map(ShardStatus::lease)
                .filter(held -> held.shard().equals(granted.shard()) && held.generation() < granted.generation())
                .toList();
    }

    Collection<ShardStatus> active() {
        return statuses.values().stream().filter(this::isActive).toList();
    }

    /** Held, and not at its end. */
    boolean isActive(Lease lease) {
        return Optional.ofNullable(statuses.get(lease)).filter(this::isActive).isPresent();
    }

    private boolean isActive(ShardStatus status) {
        return actors.containsKey(status.lease()) && !isFinal(status.phase());
    }

    List<ActorRef<ShardCommand>> activeActors() {
        return active().stream()
                .flatMap(status -> actor(status.lease()).stream())
                .toList();
    }

    List<ShardStatus> statuses() {
        return List.copyOf(statuses.values());
    }

    List<Lease> all() {
        return List.copyOf(actors.keySet());
    }

    boolean isEmpty() {
        return actors.isEmpty();
    }

    private static boolean isFinal(Phase phase) {
        return switch (phase) {
            case PREPARING, PREPARED, STARTING, RUNNING, STOPPING -> false;
            case STOPPED, DONE, FAILED, RESTORE_FAILED -> true;
        };
    }
}
