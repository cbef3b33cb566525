package dev.drover.agent.shard;

import dev.drover.protocol.shard.FromShard;

/** What a training process does, in order. */
public sealed interface ProcessEvent {
    /** It sent a message. */
    record Said(FromShard message) implements ProcessEvent {}

    /** It is gone, and everything it said was told before. {@code evidence} says how it ended. */
    record Ended(String evidence) implements ProcessEvent {}
}
