package dev.drover.cloud;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Market;
import java.util.List;
import java.util.Map;

/**
 * What to launch.
 *
 * @param node chosen by the caller; with the owner it is the client token of the launch
 * @param markets tried in this order, at least one
 * @param owner the ownership tag, by which {@link CloudProvider#instances} finds the instance again
 * @param tags further tags, readable from the instance
 * @param userData what the instance reads at its start
 */
public record LaunchRequest(
        NodeId node, List<Market> markets, String owner, Map<String, String> tags, String userData) {
    public LaunchRequest {
        if (markets.isEmpty()) {
            throw new IllegalArgumentException("markets: none given for node " + node + "; name at least one");
        }
        if (owner.isBlank()) {
            throw new IllegalArgumentException(
                    "owner: blank for node " + node + "; a node without an owner is an orphan");
        }
        markets = List.copyOf(markets);
        tags = Map.copyOf(tags);
    }
}
