package dev.drover.control;

import dev.drover.persistence.cluster.Census;
import dev.drover.persistence.cluster.SchedulerTable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How schedulers find each other, and agents find them.
 *
 * @param table what the schedulers of this database tell of themselves
 * @param peers where others may be besides; empty for a scheduler that has its database for itself, and never looks for any
 * @param agentsUrl where agents dial in at this scheduler; empty until that is known
 */
public record Discovery(SchedulerTable table, Optional<Peers> peers, Supplier<String> agentsUrl) {
    /** A scheduler that has told nothing for so long is not counted on. */
    static final Duration FRESH = Duration.ofSeconds(10);

    /** Where agents dial in at the schedulers that are there now. Blocks; fails where the database does not answer. */
    public List<String> agentUrls() {
        try {
            return table.read().schedulers().stream()
                    .filter(row -> row.silentFor().compareTo(FRESH) < 0)
                    .map(Census.Row::agentsUrl)
                    .filter(url -> !url.isEmpty())
                    .toList();
        } catch (SQLException e) {
            throw new IllegalStateException("can't read where agents are to dial in: " + e.getMessage(), e);
        }
    }
}
