package dev.drover.simulation.world;

import dev.drover.planning.input.Input;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.id.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The way between agents and the controller. While it is bad it loses, repeats and delays, so that what is said arrives twice,
 * late, or in another order; a node may be cut off, with or without anybody noticing.
 */
final class Network {
    private static final Duration WAY = Duration.ofMillis(20);

    private final Ground ground;
    private final Chance up;
    private final Chance down;
    private final Controller controller;
    private final Function<NodeId, Optional<VirtualAgent>> agents;
    private final Set<NodeId> cut = new HashSet<>();
    private final Map<NodeId, Integer> newest = new HashMap<>();

    Network(Ground ground, Controller controller, Function<NodeId, Optional<VirtualAgent>> agents) {
        this.ground = ground;
        this.up = ground.chance("network up");
        this.down = ground.chance("network down");
        this.controller = controller;
        this.agents = agents;
    }

    boolean isReachable(NodeId node) {
        return controller.isUp() && !cut.contains(node);
    }

    /** The first word on a connection: whatever is still on its way over older ones is dropped when it arrives. */
    void hello(NodeId node, int connection, String incarnation) {
        send(node, () -> {
            if (isCurrent(node, connection)) {
                newest.put(node, connection);
                controller.tell(new Input.AgentConnected(node, incarnation));
            }
        });
    }

    void toController(NodeId node, int connection, Input input) {
        send(node, () -> {
            if (isCurrent(node, connection)) {
                controller.tell(input);
            }
        });
    }

    private boolean isCurrent(NodeId node, int connection) {
        return newest.getOrDefault(node, 0) <= connection;
    }

    /** What is on its way ends with the controller that it was sent to: a connection is to one process. */
    private void send(NodeId node, Runnable arrival) {
        int to = controller.life();
        if (!cut.contains(node)) {
            deliver(up, () -> {
                if (controller.life() == to) {
                    arrival.run();
                }
            });
        }
    }

    /** Lost where the agent is not connected, as a command is that has no session. */
    void toAgent(NodeId node, AgentCommand command) {
        Optional<VirtualAgent> agent = agents.apply(node).filter(VirtualAgent::isConnected);
        if (agent.isPresent() && !cut.contains(node)) {
            deliver(down, () -> {
                if (agent.get().isConnected()) {
                    agent.get().obey(command);
                }
            });
        }
    }

    private void deliver(Chance chance, Runnable arrival) {
        double bad = ground.isHealed() ? 0 : ground.setting().wildness() / 25;
        if (chance.happens(bad)) {
            ground.count("message lost");
            return;
        }
        if (chance.happens(bad)) {
            ground.count("message late");
            ground.time().after(chance.about(ground.setting().tempo().units(5)), arrival);
        } else {
            ground.time().after(WAY, arrival);
        }
        if (chance.happens(bad)) {
            ground.count("message repeated");
            ground.time().after(chance.about(ground.setting().tempo().units(10)), arrival);
        }
    }

    // What goes wrong.

    /** Cuts a node off. Told of, both sides know at once; else each waits for the other. */
    void cut(NodeId node, boolean told) {
        ground.count(told ? "cut off" : "cut off silently");
        if (told) {
            agents.apply(node).ifPresent(VirtualAgent::hangUp);
        }
        cut.add(node);
    }

    void restore(NodeId node) {
        cut.remove(node);
    }

    void heal() {
        cut.clear();
    }
}
