package dev.drover.planning;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.api.PoolReply;
import java.util.List;
import java.util.Optional;

/**
 * What a pool decided on one input.
 *
 * @param events to persist, in order, before anything else happens
 * @param intents to hand to the executors once the events are durable
 * @param reply to give once the events are durable, where the input asked for one
 * @param after the state that the events lead to, as folding them does
 */
public record Decision(List<PoolEvent> events, List<Intent> intents, Optional<PoolReply> reply, PoolState after) {
    public Decision {
        events = List.copyOf(events);
        intents = List.copyOf(intents);
    }
}
