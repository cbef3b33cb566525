package dev.drover.agent;

import dev.drover.agent.link.LinkEvent;
import dev.drover.agent.shard.ShardNotice;
import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.id.Lease;
import java.time.Instant;
import java.util.Optional;

/** What the node acts on. */
public sealed interface NodeCommand {
    /** News from the connection. */
    record FromLink(LinkEvent event) implements NodeCommand {}

    /** News from a shard. */
    record FromShard(ShardNotice notice) implements NodeCommand {}

    /** A shard's actor ended without having been released. */
    record ShardCrashed(Lease lease) implements NodeCommand {}

    /** The link's actor ended: nobody will hear of this node again. */
    record LinkCrashed() implements NodeCommand {}

    /** The node will be taken: from the clouds' metadata, a signal or a drill alike. */
    record Noticed(EvictionNotice notice) implements NodeCommand {}

    /** Since when the cloud says that the node is more likely than others to be taken, or that it does not say so. */
    record Signalled(Optional<Instant> since) implements NodeCommand {}

    /** The process was asked to end. */
    record Terminate() implements NodeCommand {}

    /** A time was reached. */
    enum Tick implements NodeCommand {
        RUN_UNTIL,
        MARGIN,
        NOTICE_ENDS,
        REFILL,
        LEAVE,
        GIVE_UP
    }
}
