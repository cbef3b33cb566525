package dev.drover.control;

import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.id.NodeId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.typed.ActorRef;

/** Which agents are connected to this scheduler. Of one node the newest connection counts. */
final class AgentDirectory {
    private final Map<NodeId, ActorRef<AgentSession.Message>> sessions = new ConcurrentHashMap<>();

    /** Registers a connection, and ends the node's former one. */
    void register(NodeId node, ActorRef<AgentSession.Message> session) {
        Optional.ofNullable(sessions.put(node, session))
                .filter(former -> !former.equals(session))
                .ifPresent(former -> former.tell(new AgentSession.Replaced()));
    }

    /** Says whether the connection was still the node's own. */
    boolean unregister(NodeId node, ActorRef<AgentSession.Message> session) {
        return sessions.remove(node, session);
    }

    /** Hands a command to the node's agent; it is lost where the agent is not connected, and derived again when it is. */
    void tell(NodeId node, AgentCommand command) {
        Optional.ofNullable(sessions.get(node)).ifPresent(session -> session.tell(new AgentSession.Tell(command)));
    }

    void closeAll() {
        sessions.values().forEach(session -> session.tell(new AgentSession.Close()));
    }
}
