package dev.drover.protocol.api;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** What the API knows of the schedulers themselves. */
@FunctionalInterface
public interface SchedulerGateway {
    /** Every scheduler of the cluster, and those that ended without a word in the last minutes, by address. */
    CompletionStage<List<SchedulerView>> schedulers();

    /** Whether the scheduler that is asked is a member of its cluster: only then it reaches any pool. */
    default boolean isMember() {
        return true;
    }
}
