package dev.drover.agent.link;

import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.StepRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.ws.Message;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.KillSwitch;

/** What the link acts on: the node's news, and its own connection. */
public sealed interface LinkCommand {
    /**
     * How the node stands; replaces what was told before.
     *
     * @param urgent to be sent at once, not with the next heartbeat
     */
    record Standing(
            Optional<EvictionNotice> notice, Optional<Instant> rebalanceSince, List<ShardStatus> shards, boolean urgent)
            implements LinkCommand {}

    /** A step for the live stream. */
    record Step(Lease lease, StepRecord record) implements LinkCommand {}

    /** Nothing more will be told about a lease. */
    record Forget(Lease lease) implements LinkCommand {}

    /** The dial of that number succeeded. */
    record Connected(long dial, BoundedSourceQueue<Message> queue, KillSwitch kill) implements LinkCommand {}

    /** The dial of that number failed, or its connection ended. */
    record Disconnected(long dial, String why) implements LinkCommand {}

    /** A frame came in. */
    record Received(long dial, AgentCommand command) implements LinkCommand {}

    /** A time was reached. */
    enum Tick implements LinkCommand {
        DIAL,
        HEARTBEAT,
        FLUSH
    }
}
