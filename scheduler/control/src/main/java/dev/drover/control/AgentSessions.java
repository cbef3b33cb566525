package dev.drover.control;

import dev.drover.planning.input.Input;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.id.NodeId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * By which connection each node of a pool is reached, on whichever scheduler its agent has dialled in. Of one node the newest
 * counts. A pool that has just come to this scheduler knows none: each is asked to announce itself when it is first heard.
 */
final class AgentSessions {
    private final Map<NodeId, ActorRef<AgentSession.Message>> sessions = new HashMap<>();

    /** Whether what the connection says is to be taken: it is the node's own. */
    boolean heard(NodeId node, Input input, ActorRef<AgentSession.Message> session) {
        if (input instanceof Input.AgentConnected) {
            Optional.ofNullable(sessions.put(node, session))
                    .filter(former -> !former.equals(session))
                    .ifPresent(former -> former.tell(new AgentSession.Replaced()));
            return true;
        }
        if (input instanceof Input.AgentDisconnected) {
            return sessions.remove(node, session);
        }
        boolean own = session.equals(sessions.get(node));
        if (!own) {
            session.tell(new AgentSession.Announce());
        }
        return own;
    }

    /** Hands a command to the node's agent; it is lost where the agent is not connected, and derived again when it is. */
    void tell(NodeId node, AgentCommand command) {
        Optional.ofNullable(sessions.get(node)).ifPresent(session -> session.tell(new AgentSession.Tell(command)));
    }
}
