package dev.drover.dist;

import dev.drover.control.ClusterConfig;
import dev.drover.http.Tokens;
import dev.drover.persistence.journal.Database;
import java.util.List;

/**
 * How one scheduler process is set up.
 *
 * @param name what the operator calls the cluster; the same on every scheduler of it
 * @param bind the address on which the API and the agents' door listen
 * @param agents WebSocket addresses for agents to dial, of all schedulers; empty for those that the schedulers themselves tell
 * @param agentsUrl where agents dial in at this scheduler
 * @param agentSecret join tokens are derived from it; the same on every scheduler. A secret
 */
record SchedulerSetup(
        String name,
        ClusterConfig cluster,
        Database database,
        String storeUrl,
        CloudSetup cloud,
        String bind,
        int port,
        List<String> agents,
        String agentsUrl,
        Tokens tokens,
        String agentSecret) {
    /** The path of the agents' door. */
    static final String AGENTS = "/agents/v1";

    SchedulerSetup {
        agents = List.copyOf(agents);
    }

    @Override
    public String toString() {
        return "SchedulerSetup[" + name + " at " + bind + ":" + port + "]";
    }
}
