package dev.drover.protocol.agent;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import java.util.List;
import java.util.Optional;

/**
 * What an instance learns at its first start, from its metadata server's {@code /latest/user-data}, as JSON.
 *
 * @param schedulers WebSocket addresses to dial, any of them will do
 * @param token the join token. A secret
 * @param ca the CA that the schedulers' certificates are of, in PEM, where they are dialled by {@code wss}; then no other is trusted
 * @param store where checkpoints and logs go, as {@code file:///var/lib/drover/store}
 */
public record UserData(
        NodeId node, PoolName pool, List<String> schedulers, String token, Optional<String> ca, String store) {
    public UserData {
        schedulers = List.copyOf(schedulers);
    }

    @Override
    public String toString() {
        return "UserData[" + node + " of " + pool + ", schedulers " + schedulers + ", store " + store + "]";
    }
}
