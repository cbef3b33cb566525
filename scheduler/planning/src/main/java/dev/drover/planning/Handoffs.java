package dev.drover.planning;

import dev.drover.planning.input.Observations;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.agent.HandoffTarget;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardStatus.Phase;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.pool.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** When the old node of a handoff stops: once the successor is ready, or when the margin is reached; at once for a better job. */
final class Handoffs {
    /** How long a node that nobody hurries gets to stop, save and publish, at least; at most twice that. */
    private static final Duration UNHURRIED = Duration.ofMinutes(5);

    private static final Set<Code> SHED = Set.of(Code.SCALED_DOWN, Code.WAITS_FOR_SPOT, Code.BUDGET);

    private Handoffs() {}

    /** Whether the shard's present node should stop it now. */
    static boolean isDue(PoolState state, Observations seen, Node from, Shard shard, Instant now) {
        return isStopping(from, shard) || isPrepared(seen, shard) || marginReached(state, seen, from, now);
    }

    /** Whether the shard stops as soon as it has saved, whether or not it has a successor. */
    static boolean isStopping(Node from, Shard shard) {
        return shard.isYielding() || isShed(from, shard);
    }

    /** Whether the pool gives the node up: what runs there goes elsewhere, or nowhere. */
    static boolean isShed(Node node) {
        return node.phase() == NodePhase.ENDING
                || (node.phase() == NodePhase.DRAINING
                        && why(node).filter(SHED::contains).isPresent());
    }

    /** The successor is as ready as it gets. One that can't warm up, or can't be reached, still takes over from the store. */
    private static boolean isPrepared(Observations seen, Shard shard) {
        return shard.target()
                .flatMap(node -> seen.status(node, shard.nextLease()))
                .filter(status -> status.phase() != Phase.PREPARING)
                .isPresent();
    }

    /** Where to push the state: the successor's endpoint, once it is prepared. */
    static Optional<HandoffTarget> target(Observations seen, Shard shard) {
        return shard.target()
                .flatMap(node -> seen.status(node, shard.nextLease()))
                .filter(status -> status.phase() == Phase.PREPARED)
                .map(ShardStatus::target);
    }

    /** When what is not saved is given up. */
    static Instant deadline(PoolState state, Observations seen, Node from, Shard shard, Instant now) {
        Stream<Instant> noticed = from.notice().map(EvictionNotice::endsAt).stream();
        Stream<Instant> paid = moneyEnds(state, seen, from, shard).filter(now::isBefore).stream();
        return Stream.concat(noticed, paid).min(Comparator.naturalOrder()).orElseGet(() -> unhurried(now));
    }

    /** A budget waits as long as it reserved for. Who hears of it later than that may save as long as there is money. */
    private static Optional<Instant> moneyEnds(PoolState state, Observations seen, Node from, Shard shard) {
        boolean yields = shard.isYielding() && shard.because().map(Reason::code).equals(Optional.of(Code.BUDGET));
        return yields || why(from).equals(Optional.of(Code.BUDGET))
                ? Optional.of(stoppingSince(from, shard).plus(Budgets.untilEnded(state, seen, from)))
                : Optional.empty();
    }

    /** Since when a shard that is stopping is. */
    static Instant stoppingSince(Node from, Shard shard) {
        return shard.isYielding() ? shard.since() : from.since();
    }

    /** Counted from the order, which nothing remembers: rounded, so that the same order is not another one at each look. */
    private static Instant unhurried(Instant now) {
        long grain = UNHURRIED.toSeconds();
        return Instant.ofEpochSecond((now.getEpochSecond() / grain + 2) * grain);
    }

    /**
     * The time needed before a node's end: 2 x (save and upload of all its shards together) + the longest recent step; the
     * pool's stated default before anything was measured. (DESIGN.md, "Notice to handoff".)
     */
    static Duration margin(List<ShardStatus> shards, LeaseSpec lease) {
        boolean measured = !shards.isEmpty() && shards.stream().allMatch(shard -> shard.saveMillis() > 0);
        if (!measured) {
            return lease.noticeMargin();
        }
        double saves = shards.stream().mapToDouble(ShardStatus::saveMillis).sum();
        double step = shards.stream().mapToDouble(ShardStatus::stepMillis).max().orElse(0);
        return Duration.ofMillis((long) Math.ceil(2 * saves + step));
    }

    /** A heartbeat is added, since the pool looks at the clock only so often. */
    private static boolean marginReached(PoolState state, Observations seen, Node from, Instant now) {
        LeaseSpec lease = state.spec().orElseThrow().lease();
        return from.notice()
                .map(notice -> notice.endsAt()
                        .minus(margin(statuses(seen, from.id()), lease))
                        .minus(lease.heartbeat()))
                .filter(latest -> !now.isBefore(latest))
                .isPresent();
    }

    /** The pool gives the node up without a successor. Money for another node's start is not there, either, where it is for want of it. */
    private static boolean isShed(Node from, Shard shard) {
        Optional<Code> why = why(from);
        return why.equals(Optional.of(Code.BUDGET))
                || (shard.target().isEmpty() && why.filter(SHED::contains).isPresent());
    }

    private static Optional<Code> why(Node leaving) {
        return leaving.leaving().map(Reason::code);
    }

    /** The margin of the node as it is now. */
    static Duration margin(PoolState state, Observations seen, NodeId node) {
        return margin(statuses(seen, node), state.spec().orElseThrow().lease());
    }

    private static List<ShardStatus> statuses(Observations seen, NodeId node) {
        return seen.status(node).map(status -> status.shards()).orElse(List.of());
    }
}
