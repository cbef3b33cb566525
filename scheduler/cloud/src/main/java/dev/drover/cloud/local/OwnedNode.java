package dev.drover.cloud.local;

import dev.drover.cloud.LaunchRequest;
import dev.drover.protocol.id.NodeId;

/** A node by its full name, which is the client token of its launch: two owners may each have a node of the same name. */
record OwnedNode(String owner, NodeId node) {
    static OwnedNode of(LaunchRequest request) {
        return new OwnedNode(request.owner(), request.node());
    }

    @Override
    public String toString() {
        return node + " of " + owner;
    }
}
