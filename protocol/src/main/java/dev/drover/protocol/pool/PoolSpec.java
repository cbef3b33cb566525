package dev.drover.protocol.pool;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.drover.protocol.id.PoolName;
import java.time.Duration;
import java.util.List;

/**
 * What an operator owns.
 *
 * @param provider the cloud, as {@code local}
 * @param zones zones to use, best first; empty means all
 * @param instanceTypes types to use, best first; empty means all
 * @param minNodes nodes kept even with no work: warm spares
 * @param maxNodes nodes at most, those being handed over included; 0 means the pool does not run
 * @param idleTimeout a node without work for this long is ended, down to {@code minNodes}
 * @param agentsPreferWarm whether each agent pre-starts a training process per free slot
 * @param buying by which policy, from which ladder, within which budgets
 */
public record PoolSpec(
        PoolName name,
        CapacityMode mode,
        String provider,
        List<String> zones,
        List<String> instanceTypes,
        int minNodes,
        int maxNodes,
        Duration idleTimeout,
        boolean agentsPreferWarm,
        LeaseSpec lease,
        BackoffSpec backoff,
        SwitchBackSpec switchBack,
        @JsonUnwrapped BuyingSpec buying) {
    public PoolSpec {
        zones = List.copyOf(zones);
        instanceTypes = List.copyOf(instanceTypes);
    }

    /** Spot with fallback on the local cloud, up to 8 nodes, with defaults that suit one machine. */
    public static PoolSpec defaults(PoolName name) {
        return new PoolSpec(
                name,
                CapacityMode.SPOT_WITH_FALLBACK,
                "local",
                List.of(),
                List.of(),
                0,
                8,
                Duration.ofMinutes(2),
                true,
                LeaseSpec.DEFAULT,
                BackoffSpec.DEFAULT,
                SwitchBackSpec.DEFAULT,
                BuyingSpec.DEFAULT);
    }

    public PoolSpec withNodes(int min, int max) {
        return new PoolSpec(
                name,
                mode,
                provider,
                zones,
                instanceTypes,
                min,
                max,
                idleTimeout,
                agentsPreferWarm,
                lease,
                backoff,
                switchBack,
                buying);
    }

    public PoolSpec withBuying(BuyingSpec other) {
        return new PoolSpec(
                name,
                mode,
                provider,
                zones,
                instanceTypes,
                minNodes,
                maxNodes,
                idleTimeout,
                agentsPreferWarm,
                lease,
                backoff,
                switchBack,
                other);
    }
}
