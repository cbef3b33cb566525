package dev.drover.cloud;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.money.Money;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An instance as its cloud describes it.
 *
 * @param instanceId the provider's own name for it
 * @param market the one that gave it
 * @param pricePerHour at its launch; a spot price moves afterwards
 * @param endedAt when it ended, {@code null} while it lives
 * @param endReason how it ended in the cloud's words, {@code null} while it lives
 */
public record Instance(
        NodeId node,
        String instanceId,
        Market market,
        Money pricePerHour,
        String owner,
        Map<String, String> tags,
        InstanceState state,
        Instant launchedAt,
        @Nullable Instant endedAt,
        @Nullable String endReason) {
    public Instance {
        tags = Map.copyOf(tags);
    }
}
