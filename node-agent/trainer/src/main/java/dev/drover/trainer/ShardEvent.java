package dev.drover.trainer;

import dev.drover.protocol.shard.ToShard;

/** What the main thread waits for between steps. */
sealed interface ShardEvent {
    /** The agent said something. */
    record Command(ToShard message) implements ShardEvent {}

    /** The socket closed: the agent is gone, and nobody would hear what we do next. */
    record AgentGone() implements ShardEvent {}

    /** A save ended, well or badly. */
    record SaveSettled() implements ShardEvent {}
}
