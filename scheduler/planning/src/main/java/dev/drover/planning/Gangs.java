package dev.drover.planning;

import dev.drover.planning.event.PoolEvent.TargetDropped;
import dev.drover.planning.input.Effort;
import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.CapacityPolicy.Choice;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.pool.PoolSpec;
import java.util.List;
import java.util.Optional;

/**
 * The shards of a gang are placed all together or not at all, the first time. So no gang ever holds a part of what it needs, and
 * two gangs can't wait for each other.
 */
final class Gangs {
    private Gangs() {}

    /** A slot was lost before all could start: the others are let go, and the gang takes its turn again. */
    static void letGoIncomplete(Draft draft) {
        for (Job job : draft.agenda().promisedJobs(draft.state())) {
            if (job.isIncompleteGang()) {
                Reason reason = Reason.of(
                        Code.GANG,
                        "Not all %d shards have a slot any more, so none keeps its own."
                                .formatted(job.shards().size()),
                        "shards",
                        job.shards().size());
                job.shards().stream()
                        .filter(shard -> shard.target().isPresent())
                        .forEach(shard -> draft.add(new TargetDropped(shard.id(), reason, draft.now())));
            }
        }
    }

    /** Whether nothing is launched for the gang for a while, since it could not be gathered lately. */
    static boolean isLeftAlone(Draft draft, Shard shard) {
        return draft.seen().isLeftAlone(new Effort.Gathering(shard.id().job()), draft.now());
    }

    /** The shards that are to be granted with this one; as they stand now. */
    static List<Shard> with(PoolState state, Shard shard) {
        Job job = state.job(shard.id().job()).orElseThrow();
        Shard now = job.shards().get(shard.id().index());
        return job.placedTogether(now) > 1 ? job.shards() : List.of(now);
    }

    /** Why the shard of a gang waits, where it does because of the others: its own slot is ready. */
    static Optional<Reason> awaitingOthers(PoolState state, Shard shard, NodeId ready) {
        List<Shard> gang = with(state, shard);
        long starting = gang.stream()
                .filter(other -> !Grants.isPromisedReady(state, other))
                .count();
        return starting == 0
                ? Optional.empty()
                : Optional.of(Reason.of(
                        Code.GANG,
                        "Node %s is ready; the nodes of %d of the %d shards that start together are not."
                                .formatted(ready, starting, gang.size()),
                        "shards",
                        gang.size(),
                        "starting",
                        starting));
    }

    /** Why nothing is launched for the gang now. */
    static Reason notGathered(PoolState state, Shard shard, Observations.Failing gathering) {
        int all = with(state, shard).size();
        return Reason.of(
                Code.GANG,
                "All %d shards start together, and one of their nodes was refused %d times in a row; the next attempt is at %s."
                        .formatted(all, gathering.count(), gathering.until()),
                "shards",
                all,
                "retryAt",
                gathering.until());
    }

    /**
     * Why a gang that could go now has no slots.
     *
     * @param launch what could be bought for one of its shards
     * @param alone why one of its shards by itself would wait, or that it would not
     */
    static Reason missing(
            PoolState state, Observations seen, Shard shard, Optional<Choice.Launch> launch, Reason alone) {
        Job job = state.job(shard.id().job()).orElseThrow();
        Resources need = job.spec().resources();
        int all = job.shards().size();
        PoolSpec spec = state.spec().orElseThrow();
        long most = (long) spec.maxNodes() * Slots.mostPerNode(spec, seen, need);
        if (0 < most && most < all) {
            return Reason.of(
                    Code.GANG_TOO_LARGE,
                    "All %d shards start together, and the pool holds %d of them at most; an operator can scale it."
                            .formatted(all, most),
                    "shards",
                    all,
                    "most",
                    most);
        }
        long more = Math.max(0, spec.maxNodes() - state.index().roster().standing());
        long launchable = launch.map(choice -> more
                        * Slots.offered(choice.markets(), seen)
                                .map(has -> has.slotsFor(need))
                                .orElse(0))
                .orElse(0L);
        long missing = all - Slots.free(state, seen, need) - launchable;
        return missing <= 0
                ? alone
                : Reason.of(
                        Code.GANG,
                        "All %d shards start together, and %s missing. %s"
                                .formatted(all, missing == 1 ? "1 slot is" : missing + " slots are", alone.text()),
                        "shards",
                        all,
                        "missing",
                        missing);
    }
}
