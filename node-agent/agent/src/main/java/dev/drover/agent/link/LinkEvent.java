package dev.drover.agent.link;

import dev.drover.protocol.agent.AgentCommand;

/** What the link tells the node. */
public sealed interface LinkEvent {
    /** A scheduler gave an order. */
    record Ordered(AgentCommand command) implements LinkEvent {}

    /** A scheduler is connected, or none is. */
    record Connection(boolean up) implements LinkEvent {}
}
