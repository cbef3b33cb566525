package dev.drover.dist.demo;

import dev.drover.protocol.api.AttemptView;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.ShardView;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * What was done to the run, and what it cost.
 *
 * @param noticeSeconds warning given; 0 for none
 * @param gapSeconds from the notice, or the death, to the successor's first step; for a controller, the longest time between
 *     two steps of a shard while it was away
 * @param stepsLost steps that had to be made again
 */
record Disruption(Kind kind, double noticeSeconds, double gapSeconds, int stepsLost) {
    /** Kinds of disruption, as {@code summary.json} names them. */
    enum Kind {
        NOTICE,
        KILL,
        CONTROLLER,
        CAPACITY
    }

    /** What was done, and when; measured later, from the telemetry. */
    record Act(Kind kind, double noticeSeconds, List<Integer> shards, Instant at, Instant until) {
        Act {
            shards = List.copyOf(shards);
        }
    }

    /** The worst of the shards that the act touched. */
    static Disruption measure(Act act, JobView job, List<TelemetryPoint> points) {
        double gap = 0;
        int lost = 0;
        for (int shard : act.shards()) {
            if (act.kind() == Kind.CONTROLLER) {
                gap = Math.max(gap, longestPause(act, shard, points));
                continue;
            }
            Optional<AttemptView> successor = successor(act, job.shards().get(shard));
            if (successor.isPresent()) {
                gap = Math.max(gap, firstStepAfter(act, shard, successor.get(), points));
                lost = Math.max(lost, stepsLost(shard, successor.get(), points));
            }
        }
        return new Disruption(act.kind(), act.noticeSeconds(), gap, lost);
    }

    /** The first generation granted after the act. */
    private static Optional<AttemptView> successor(Act act, ShardView shard) {
        return shard.attempts().stream()
                .filter(attempt -> attempt.grantedAt().isAfter(act.at()))
                .min(Comparator.comparingInt(AttemptView::generation));
    }

    private static double firstStepAfter(Act act, int shard, AttemptView successor, List<TelemetryPoint> points) {
        return points.stream()
                .filter(point -> point.shard() == shard && point.generation() == successor.generation())
                .mapToLong(TelemetryPoint::epochMillis)
                .min()
                .stream()
                .mapToDouble(first -> (first - act.at().toEpochMilli()) / 1000.0)
                .findFirst()
                .orElse(Double.NaN);
    }

    /** Steps that the generation before had made beyond where the successor continued. */
    static int stepsLost(int shard, AttemptView successor, List<TelemetryPoint> points) {
        OptionalInt last = points.stream()
                .filter(point -> point.shard() == shard && point.generation() < successor.generation())
                .mapToInt(TelemetryPoint::step)
                .max();
        return Math.max(0, last.orElse(0) - successor.resumedFromStep());
    }

    private static double longestPause(Act act, int shard, List<TelemetryPoint> points) {
        long[] times = points.stream()
                .filter(point -> point.shard() == shard)
                .mapToLong(TelemetryPoint::epochMillis)
                .filter(time -> time >= act.at().minusSeconds(2).toEpochMilli()
                        && time <= act.until().plusSeconds(2).toEpochMilli())
                .sorted()
                .toArray();
        return IntStream.range(1, times.length)
                .mapToDouble(i -> (times[i] - times[i - 1]) / 1000.0)
                .max()
                .orElse(Double.NaN);
    }
}
