package dev.drover.protocol.api;

import java.util.Map;
import java.util.TreeMap;

/**
 * Why something was decided, or why something waits, as data. Logs, API, CLI and tests read the same reasons.
 *
 * @param code what kind; {@code docs/OPERATIONS.md} has an entry for each
 * @param text one plain sentence for people
 * @param facts the ids, limits and times the sentence is about
 */
public record Reason(Code code, String text, Map<String, String> facts) {
    public Reason {
        facts = Map.copyOf(facts);
    }

    /** A reason whose facts come as name, value, name, value. */
    public static Reason of(Code code, String text, Object... facts) {
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i + 1 < facts.length; i += 2) {
            map.put(String.valueOf(facts[i]), String.valueOf(facts[i + 1]));
        }
        return new Reason(code, text, map);
    }

    /** Every kind of reason there is. */
    public enum Code {
        // Why something waits.
        STARTING,
        NO_CAPACITY,
        POOL_FULL,
        POOL_PAUSED,
        NO_MATCHING_TYPE,
        NO_OFFERS,
        WAITS_FOR_SPOT,
        PRICE_CAP,
        SPEND_LIMIT,
        BUDGET,
        NODE_STARTING,
        LAUNCH_FAILING,
        RESOLVING_CHECKPOINT,
        STORE_UNREADABLE,
        RETRYING,
        AFTER,
        GANG,
        GANG_TOO_LARGE,
        PREEMPTING,
        // Why capacity was chosen.
        CHEAPEST_SPOT,
        OTHER_ZONE,
        FALLBACK,
        BEHIND_SCHEDULE,
        DEADLINE_NEAR,
        ON_DEMAND_CHEAPER,
        SWITCH_BACK,
        ON_DEMAND_MODE,
        WARM_SPARE,
        REBALANCE,
        // Why a shard moved or ended.
        FIRST_PLACEMENT,
        EVICTION_NOTICE,
        NODE_TERMINATED,
        NODE_SILENT,
        NODE_DRAINED,
        SCALED_DOWN,
        PREEMPTED,
        CHECKPOINT_REJECTED,
        RESTORE_FAILED,
        PROGRAM_FAILED,
        COMPLETED,
        CANCELLED,
        // Why a node ended.
        IDLE,
        SWITCHED_BACK,
        ABANDONED,
        LAUNCH_REFUSED,
        NEVER_JOINED
    }
}
