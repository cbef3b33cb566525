package dev.drover.agent.shard;

import dev.drover.agent.peer.PeerEndpoint;
import dev.drover.protocol.id.Lease;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** What is left of a shard's actor after the release: it undoes what is still on its way, and waits until all is cleaned. */
final class ReleasedShard {
    private ReleasedShard() {}

    static Behavior<ShardCommand> create(Lease lease, ActorRef<ShardNotice> node) {
        return Behaviors.receiveMessage(message -> {
            if (message instanceof ShardCommand.Taken taken) {
                taken.process().kill();
            } else if (message instanceof ShardCommand.Listening open) {
                open.endpoint().ifPresent(PeerEndpoint.Open::close);
            } else if (message instanceof ShardCommand.Cleaned) {
                node.tell(new ShardNotice.Gone(lease));
                return Behaviors.stopped();
            }
            return Behaviors.same();
        });
    }
}
