package dev.drover.planning.state;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.SchedulingSpec;
import dev.drover.protocol.market.Resources;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePSet;

/**
 * The shards that need a node, in lines of those that are alike but for their age. The order of work is this class's and nowhere
 * else: the higher priority, then the owner who holds less, then the older job. What the owners hold changes with each shard that
 * is placed, so the lines are only put in order on the way through ({@link Walk}). Derived, never journalled.
 */
public record WorkQueue(PMap<Line, TreePSet<Turn>> lines) {
    static final WorkQueue EMPTY = new WorkQueue(HashTreePMap.empty());

    /**
     * What decides whether there is room for a shard.
     *
     * @param buyer the job, where it has a ladder, a deadline or a budget of its own: it may find room where others of its size do
     *     not, or the other way about
     */
    public record Size(Resources need, Optional<JobId> buyer) {
        public static Size of(Job job) {
            SchedulingSpec scheduling = job.spec().scheduling();
            boolean buysAlike = scheduling.ladder().isEmpty()
                    && scheduling.deadline().isEmpty()
                    && scheduling.budget().isEmpty();
            return new Size(job.spec().resources(), buysAlike ? Optional.empty() : Optional.of(job.id()));
        }
    }

    /**
     * Who waits for what.
     *
     * @param together how many slots are needed at once
     */
    public record Line(Size size, int together, int priority, String owner) {
        static Line of(Job job, Shard shard) {
            return new Line(
                    Size.of(job),
                    job.placedTogether(shard),
                    job.spec().scheduling().priority(),
                    job.owner());
        }
    }

    /** A shard's place in its line: the oldest job first. */
    public record Turn(long jobNumber, ShardId shard) implements Comparable<Turn> {
        private static final Comparator<Turn> ORDER = Comparator.comparingLong(Turn::jobNumber)
                .thenComparingInt(turn -> turn.shard().index());

        @Override
        public int compareTo(Turn other) {
            return ORDER.compare(this, other);
        }
    }

    WorkQueue with(Line line, Turn turn) {
        return new WorkQueue(
                lines.plus(line, lines.getOrDefault(line, TreePSet.empty()).plus(turn)));
    }

    WorkQueue without(Line line, Turn turn) {
        TreePSet<Turn> rest = lines.getOrDefault(line, TreePSet.empty()).minus(turn);
        return new WorkQueue(rest.isEmpty() ? lines.minus(line) : lines.plus(line, rest));
    }

    /** The order of work but for what owners hold, which is for what waits: by priority, then age. */
    public static Comparator<Shard> byPriority(PoolState state) {
        return Comparator.comparing(
                        (Shard shard) -> state.job(shard.id().job())
                                .map(job -> job.spec().scheduling().priority())
                                .orElse(0),
                        Comparator.reverseOrder())
                .thenComparing(
                        shard -> state.index().numbers().getOrDefault(shard.id().job(), 0L))
                .thenComparing(Shard::id);
    }

    /** All that wait now, in order. */
    public Walk walk() {
        return new Walk(this);
    }

    /** One way through the queue as it was at its start. */
    public static final class Walk {
        private final PriorityQueue<Head> heads = new PriorityQueue<>();
        private final Map<Size, Integer> left = new HashMap<>();
        private @Nullable Head last;

        private Walk(WorkQueue queue) {
            // Nobody has less than nothing: each is looked up when it is reached.
            queue.lines.forEach((line, turns) -> enter(line, 0, turns.iterator()));
        }

        /** The first turn of a line with what its owner holds, and what is behind it. */
        private record Head(Line line, long held, Turn first, Iterator<Turn> rest) implements Comparable<Head> {
            private static final Comparator<Head> ORDER = Comparator.comparing(
                            (Head head) -> head.line.priority(), Comparator.reverseOrder())
                    .thenComparingLong(Head::held)
                    .thenComparing(Head::first);

            @Override
            public int compareTo(Head other) {
                return ORDER.compare(this, other);
            }
        }

        private void enter(Line line, long held, Iterator<Turn> turns) {
            if (turns.hasNext()) {
                heads.add(new Head(line, held, turns.next(), turns));
            }
        }

        /**
         * The next shard, if there is one.
         *
         * @param placed what the owners hold by now; on the way they only come to hold more
         */
        public Optional<ShardId> next(Occupancy placed) {
            if (last != null) {
                enter(last.line, last.held, last.rest);
                last = null;
            }
            while (!heads.isEmpty()) {
                Head head = heads.remove();
                long held =
                        placed.heldBy(head.line.owner(), head.line.size().need().accelerator());
                if (head.line.together() >= left.getOrDefault(head.line.size(), Integer.MAX_VALUE)) {
                    continue;
                }
                if (held == head.held) {
                    last = head;
                    return Optional.of(head.first.shard());
                }
                heads.add(new Head(head.line, held, head.first, head.rest));
            }
            return Optional.empty();
        }

        /** Passes over all that need as much as the shard that was {@link #next} last, or more of the same: where it found no room, they find none. */
        public void leaveSize() {
            if (last != null) {
                left.merge(last.line.size(), last.line.together(), Math::min);
            }
        }

        /** Passes over the rest of its line: of the same owner, what needs as much finds no room. */
        public void leaveLine() {
            last = null;
        }
    }
}
