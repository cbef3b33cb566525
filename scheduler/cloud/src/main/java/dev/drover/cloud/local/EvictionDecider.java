package dev.drover.cloud.local;

import dev.drover.protocol.market.Market;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Decides which instances a fall of capacity evicts: in each market the newest over it. Pure. */
final class EvictionDecider {
    private final MarketBoard board;

    EvictionDecider(MarketBoard board) {
        this.board = board;
    }

    /** An instance to evict, when it ends, and why. */
    record Eviction(OwnedNode node, InstanceRecord.Notice notice) {}

    /** What already has a notice is not counted: it is on its way out. */
    List<Eviction> decide(CloudState state, Instant now) {
        Map<Market, List<InstanceRecord>> staying = new TreeMap<>();
        for (InstanceRecord record : state.instances()) {
            if (record.stays()) {
                staying.computeIfAbsent(record.market(), market -> new ArrayList<>())
                        .add(record);
            }
        }
        List<Eviction> evictions = new ArrayList<>();
        staying.forEach((market, records) -> {
            int capacity = board.capacity(market, now, state.capacities());
            if (records.size() > capacity) {
                Instant end = now.plus(board.notice(market, state.capacities()));
                String reason = "evicted: the capacity of " + market + " fell to " + capacity;
                // Launches are kept in their order, which a clock set back can't disturb.
                Collections.reverse(records);
                for (InstanceRecord record : records.subList(0, records.size() - capacity)) {
                    evictions.add(new Eviction(record.node(), new InstanceRecord.Notice(end, reason)));
                }
            }
        });
        return evictions;
    }
}
