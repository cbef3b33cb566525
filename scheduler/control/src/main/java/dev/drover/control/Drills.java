package dev.drover.control;

import dev.drover.protocol.id.NodeId;

/** Ends instances the hard way, where a provider can: what a drill without notice needs. */
@FunctionalInterface
public interface Drills {
    /**
     * Kills the node's instance at once, with no warning to its agent. Blocks; an unknown node is fine. A failure is thrown,
     * and a drill that failed is not repeated.
     */
    void kill(NodeId node);
}
