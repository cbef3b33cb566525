package dev.drover.persistence.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The schedulers of a database, as they told of themselves.
 *
 * @param formation how often a cluster was formed here; 0 is never
 * @param schedulers by address, those that ended without a word among them
 */
public record Census(long formation, List<Row> schedulers) {
    public Census {
        schedulers = List.copyOf(schedulers);
    }

    /**
     * One scheduler.
     *
     * @param address {@code host:port} among schedulers
     * @param incarnation another one after each start
     * @param formation of which it is a member; 0 is none
     * @param agentsUrl where agents dial in
     * @param pools that it looked after when it was heard
     * @param agents that were connected to it then
     * @param heardAt when, by the database's clock
     * @param silentFor since when, by the same
     */
    public record Row(
            String address,
            long incarnation,
            long formation,
            String agentsUrl,
            List<String> pools,
            int agents,
            Instant heardAt,
            Duration silentFor) {
        public Row {
            pools = List.copyOf(pools);
        }
    }
}
