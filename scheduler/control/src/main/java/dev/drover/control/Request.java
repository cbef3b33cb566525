package dev.drover.control;

import dev.drover.planning.input.Input;
import dev.drover.protocol.api.PoolReply;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/** An input, and who waits for the answer. */
record Request(Input input, Optional<ActorRef<PoolReply>> replyTo) {
    static Request of(Input input) {
        return new Request(input, Optional.empty());
    }
}
