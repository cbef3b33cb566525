package dev.drover.planning;

import dev.drover.planning.state.Attempt;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A node can't bring a shard's checkpoint back: is it the checkpoint, the node, or the store? A node's word alone gives no
 * checkpoint up. The scheduler reads the doubted one as a whole; if it is valid the shard tries another node, later. Where two
 * nodes fail alike it is the store, and the shard waits for it.
 */
final class Restores {
    /** A node whose store fails for this long is left, while another may do better. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private Restores() {}

    /** The last attempts that ended, as far as none of them could begin for want of its checkpoint. */
    static List<Attempt> failures(Shard shard) {
        List<Attempt> ended = shard.attempts().stream()
                .filter(attempt -> attempt.endedAt().isPresent())
                .toList();
        int first = ended.size();
        while (first > 0 && isFailure(ended.get(first - 1))) {
            first--;
        }
        return ended.subList(first, ended.size());
    }

    private static boolean isFailure(Attempt attempt) {
        return attempt.endedBecause().map(Reason::code).equals(Optional.of(Code.RESTORE_FAILED));
    }

    static Set<NodeId> failedOn(Shard shard) {
        Set<NodeId> nodes = new HashSet<>();
        failures(shard).forEach(attempt -> nodes.add(attempt.node()));
        return nodes;
    }

    /** The one node that may be at fault. Where several failed it is none of them, and another one is not worth its price. */
    static boolean isShunned(Shard shard, NodeId node) {
        return failedOn(shard).equals(Set.of(node));
    }

    /** What the node that is to run the shard next has just called invalid, until the store was read for it. */
    static Optional<CheckpointRef> doubted(Shard shard) {
        return shard.lastAttempt()
                .filter(Restores::isFailure)
                .filter(last -> shard.target().equals(Optional.of(last.node())))
                .filter(last -> last.endedAt().equals(Optional.of(shard.since())))
                .flatMap(Attempt::resumeFrom);
    }

    /** Whether a start that hangs on the store is given up here. */
    static boolean isStuck(Shard shard, ShardStatus status, Instant now) {
        return status.reason() != null
                && failures(shard).isEmpty()
                && shard.lastAttempt()
                        .filter(open -> open.resumeFrom().isPresent())
                        .filter(open -> !now.isBefore(open.grantedAt().plus(PATIENCE)))
                        .isPresent();
    }
}
