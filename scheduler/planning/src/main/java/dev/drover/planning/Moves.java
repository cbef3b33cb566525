package dev.drover.planning;

import dev.drover.planning.event.PoolEvent.ShardDetached;
import dev.drover.planning.event.PoolEvent.TargetDropped;
import dev.drover.planning.state.Attempt;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;

/** Taking shards and promises off a node. */
final class Moves {
    private Moves() {}

    /** Ends the attempts of all shards on the node. */
    static void detachAll(Draft draft, NodeId node, Reason reason) {
        draft.state().runningOn(node).forEach(shard -> detach(draft, shard, reason));
    }

    /** Ends the shard's attempt, if it has one under way; its last step is kept. */
    static void detach(Draft draft, Shard shard, Reason reason) {
        if (shard.isLive() && shard.node().isPresent()) {
            Lease lease = shard.lease().orElseThrow();
            draft.add(new ShardDetached(lease, lastStep(draft, shard), reason, draft.now()));
        }
    }

    /** Takes back all slots that were kept on the node. */
    static void dropTargets(Draft draft, NodeId node, Reason reason) {
        for (Shard shard : draft.state().targeting(node)) {
            draft.add(new TargetDropped(shard.id(), reason, draft.now()));
        }
    }

    /** The last step that is known of the open attempt: what was last heard, and at least what it continued from. */
    static int lastStep(Draft draft, Shard shard) {
        int remembered = shard.lastAttempt().map(Attempt::lastStep).orElse(0);
        return shard.node()
                .flatMap(node -> draft.seen().status(node, shard.lease().orElseThrow()))
                .map(status -> Math.max(remembered, status.step()))
                .orElse(remembered);
    }
}
