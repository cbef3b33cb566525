package dev.drover.protocol.api;

import dev.drover.protocol.id.PoolName;
import java.time.Instant;
import java.util.List;

/**
 * One scheduler, as it told of itself a second or so ago; its state is as the scheduler that was asked sees it.
 *
 * @param address {@code host:port} among schedulers
 * @param pools that it looks after, by name
 * @param agents that are connected to it
 * @param heardAt when it told that
 * @param asked whether it is the one that answers
 */
public record SchedulerView(
        String address, SchedulerState state, List<PoolName> pools, int agents, Instant heardAt, boolean asked) {
    public SchedulerView {
        pools = List.copyOf(pools);
    }
}
