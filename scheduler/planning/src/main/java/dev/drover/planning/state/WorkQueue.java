package dev.drover.planning.state;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.SchedulingSpec;
import dev.drover.protocol.market.Resources;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePSet;

/**
 * The shards that need a node, in a lane for each {@link Size}. Where one shard finds no room, the others of its lane need not be looked
 * at. Derived, never journalled.
 */
public record WorkQueue(PMap<Size, TreePSet<Turn>> lanes) {
    static final WorkQueue EMPTY = new WorkQueue(HashTreePMap.empty());

    /**
     * What decides whether there is room for a shard.
     *
     * @param buyer the job, where it has a ladder or a deadline of its own: it may find room where others of its size do not
     */
    public record Size(Resources need, Optional<JobId> buyer) {
        public static Size of(Job job) {
            SchedulingSpec scheduling = job.spec().scheduling();
            boolean buysAlike =
                    scheduling.ladder().isEmpty() && scheduling.deadline().isEmpty();
            return new Size(job.spec().resources(), buysAlike ? Optional.empty() : Optional.of(job.id()));
        }
    }

    /** A shard's place in the order of work, which is this record's order and nowhere else: the oldest job first. */
    public record Turn(long jobNumber, ShardId shard) implements Comparable<Turn> {
        private static final Comparator<Turn> ORDER = Comparator.comparingLong(Turn::jobNumber)
                .thenComparingInt(turn -> turn.shard().index());

        @Override
        public int compareTo(Turn other) {
            return ORDER.compare(this, other);
        }
    }

    WorkQueue with(Size size, Turn turn) {
        return new WorkQueue(
                lanes.plus(size, lanes.getOrDefault(size, TreePSet.empty()).plus(turn)));
    }

    WorkQueue without(Size size, Turn turn) {
        TreePSet<Turn> rest = lanes.getOrDefault(size, TreePSet.empty()).minus(turn);
        return new WorkQueue(rest.isEmpty() ? lanes.minus(size) : lanes.plus(size, rest));
    }

    /** All that wait now, in order. */
    public Walk walk() {
        return new Walk(this);
    }

    /** One way through the queue as it was at its start. */
    public static final class Walk {
        private final PriorityQueue<Lane> lanes = new PriorityQueue<>();
        private @Nullable Lane last;

        private Walk(WorkQueue queue) {
            queue.lanes.values().forEach(turns -> enter(turns.iterator()));
        }

        /** The first turn of a lane, and what is behind it. */
        private record Lane(Turn first, Iterator<Turn> rest) implements Comparable<Lane> {
            @Override
            public int compareTo(Lane other) {
                return first.compareTo(other.first);
            }
        }

        private void enter(Iterator<Turn> turns) {
            if (turns.hasNext()) {
                lanes.add(new Lane(turns.next(), turns));
            }
        }

        public boolean hasNext() {
            if (last != null) {
                enter(last.rest);
                last = null;
            }
            return !lanes.isEmpty();
        }

        public ShardId next() {
            last = lanes.remove();
            return last.first.shard();
        }

        /** Passes over all others of the size of the shard that was {@link #next} last. */
        public void leaveLane() {
            last = null;
        }
    }
}
