package dev.drover.protocol.pool;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.protocol.money.Money;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a pool buys. Its fields stand among the pool's own, in JSON as in YAML; one that is absent has its default.
 *
 * @param ladder what to try, best first; empty means what the pool's mode, zones and instance types say
 * @param fallbackAfter how long the pool goes without any spot before it buys on demand; 0 is at once
 * @param preemption whether a job may take a worse one's slots, at a checkpoint
 * @param budget the most that the pool may spend
 * @param ownerBudgets the most that the jobs of an owner may spend here; an owner without one is held by the pool's alone
 * @param protectedTime how long after its launch the cloud does not take a spot instance; 0 where it promises nothing
 */
public record BuyingSpec(
        PolicyName policy,
        List<RungSpec> ladder,
        Duration fallbackAfter,
        RebalanceSpec rebalance,
        boolean preemption,
        Optional<Money> budget,
        Map<String, Money> ownerBudgets,
        Duration protectedTime) {
    public static final BuyingSpec DEFAULT = new BuyingSpec(
            PolicyName.ADAPTIVE,
            List.of(),
            Duration.ZERO,
            RebalanceSpec.DEFAULT,
            false,
            Optional.empty(),
            Map.of(),
            Duration.ZERO);

    public BuyingSpec {
        ladder = List.copyOf(ladder);
        // In the owners' order, so that equal specs are written and gone through alike.
        ownerBudgets = Collections.unmodifiableMap(new TreeMap<>(ownerBudgets));
    }

    /** Reads what older versions wrote, too, which knew none of these fields. */
    @JsonCreator
    static BuyingSpec of(
            @JsonProperty("policy") Optional<PolicyName> policy,
            @JsonProperty("ladder") Optional<List<RungSpec>> ladder,
            @JsonProperty("fallbackAfter") Optional<Duration> fallbackAfter,
            @JsonProperty("rebalance") Optional<RebalanceSpec> rebalance,
            @JsonProperty("preemption") Optional<Boolean> preemption,
            @JsonProperty("budget") Optional<Money> budget,
            @JsonProperty("ownerBudgets") Optional<Map<String, Money>> ownerBudgets,
            @JsonProperty("protectedTime") Optional<Duration> protectedTime) {
        return new BuyingSpec(
                policy.orElse(DEFAULT.policy),
                ladder.orElse(DEFAULT.ladder),
                fallbackAfter.orElse(DEFAULT.fallbackAfter),
                rebalance.orElse(DEFAULT.rebalance),
                preemption.orElse(DEFAULT.preemption),
                budget,
                ownerBudgets.orElse(DEFAULT.ownerBudgets),
                protectedTime.orElse(DEFAULT.protectedTime));
    }

    /** Jackson would drop, without a word, what neither the pool nor this part of it knows. */
    @JsonAnySetter
    @SuppressWarnings("UnusedMethod") // Jackson calls it.
    private void refuseUnknown(String field, JsonNode value) {
        throw new IllegalArgumentException("there is no field '" + field + "' in a pool: " + value);
    }
}
