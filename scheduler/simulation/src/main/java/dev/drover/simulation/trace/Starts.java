package dev.drover.simulation.trace;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** From which ticks of a trace a job is replayed. */
public final class Starts {
    /** Room that is left for the deadline, even if it is sooner, so that deadlines up to it are compared on the same starts. */
    private static final Duration LEAST_ROOM = Duration.ofHours(92);

    private Starts() {}

    /**
     * Spreads {@code count} starts evenly: {@code floor(i (n - L) / count)} for {@code i} from 0, with {@code n} the ticks of the
     * markets and {@code L = ceil(max(92 h, deadline) / tick) + 1}.
     *
     * @throws TraceException if the traces are shorter than L
     */
    public static List<Integer> spread(int count, SpotMarkets markets, Duration deadline) {
        Duration room = deadline.compareTo(LEAST_ROOM) > 0 ? deadline : LEAST_ROOM;
        long ticks = Math.ceilDiv(room.toMillis(), markets.gap().toMillis()) + 1;
        long free = markets.ticks() - ticks;
        if (free < 0) {
            throw new TraceException(
                    ("starts: %d can't be spread over traces of %d ticks; use traces of %d or more, which is"
                                    + " %d h, or name the ticks to start at")
                            .formatted(count, markets.ticks(), ticks, room.toHours()));
        }
        return IntStream.range(0, count).mapToObj(i -> (int) (i * free / count)).toList();
    }

    /** The last tick from which a job can be replayed to its deadline; below 0, where the traces are too short for it. */
    public static int last(SpotMarkets markets, JobTerms terms) {
        return markets.ticks() - terms.deadlineTicks(markets.gap());
    }
}
