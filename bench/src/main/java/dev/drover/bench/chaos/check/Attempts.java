package dev.drover.bench.chaos.check;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.JobSubmitted;
import dev.drover.planning.event.PoolEvent.ShardAdopted;
import dev.drover.planning.event.PoolEvent.ShardDetached;
import dev.drover.planning.event.PoolEvent.ShardFailed;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.planning.event.PoolEvent.ShardSucceeded;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The attempts of all shards, out of the journal. */
final class Attempts {
    private Attempts() {}

    /**
     * An attempt that ended, or was taken from its node, before the shard was done. An adopted one may end again.
     *
     * @param resumedAt the step it continued from
     * @param lastStep as last reported
     * @param interval of its job's checkpoints
     */
    record Ended(
            Lease lease,
            NodeId node,
            Instant grantedAt,
            int resumedAt,
            Instant endedAt,
            int lastStep,
            int interval,
            Reason reason) {}

    static List<Ended> ended(Story story) {
        Map<JobId, Integer> intervals = new HashMap<>();
        story.events(JobSubmitted.class)
                .forEach(event ->
                        intervals.put(event.job(), event.spec().checkpoint().every()));
        Map<Lease, ShardGranted> grants = new HashMap<>();
        List<Ended> ended = new ArrayList<>();
        for (PoolEvent event : story.journal()) {
            if (event instanceof ShardGranted granted) {
                grants.put(granted.lease(), granted);
            } else if (event instanceof ShardDetached detached && grants.containsKey(detached.lease())) {
                ended.add(ended(
                        grants.get(detached.lease()),
                        intervals,
                        detached.at(),
                        detached.lastStep(),
                        detached.reason()));
            } else if (event instanceof ShardFailed failed && grants.containsKey(failed.lease())) {
                ended.add(
                        ended(grants.get(failed.lease()), intervals, failed.at(), failed.lastStep(), failed.reason()));
            } else if (event instanceof ShardAdopted adopted) {
                ended.removeIf(attempt -> attempt.lease().equals(adopted.lease()));
            } else if (event instanceof ShardSucceeded succeeded) {
                ended.removeIf(attempt -> attempt.lease().equals(succeeded.lease()));
            }
        }
        return ended;
    }

    private static Ended ended(
            ShardGranted granted, Map<JobId, Integer> intervals, Instant at, int lastStep, Reason reason) {
        return new Ended(
                granted.lease(),
                granted.node(),
                granted.at(),
                granted.resumeFrom().map(CheckpointRef::step).orElse(0),
                at,
                lastStep,
                intervals.getOrDefault(granted.lease().shard().job(), 0),
                reason);
    }

    /** Every grant, by its lease. */
    static Map<Lease, ShardGranted> grants(Story story) {
        Map<Lease, ShardGranted> grants = new LinkedHashMap<>();
        story.events(ShardGranted.class).forEach(granted -> grants.put(granted.lease(), granted));
        return grants;
    }
}
