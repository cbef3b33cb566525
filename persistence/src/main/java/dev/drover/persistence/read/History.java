package dev.drover.persistence.read;

import dev.drover.persistence.read.ReadModel.TelemetryRow;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.ShardId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which step records survive. A record of generation g survives if no later generation resumed from before it; where several
 * generations still have the same step, the newest one's counts.
 */
final class History {
    private static final Place UNKNOWN = new Place("", "", "", 0);

    private final Map<Lease, Place> places;

    History(Map<Lease, Place> places) {
        this.places = places;
    }

    /** Where a generation ran, and the step it continued after. */
    record Place(String node, String zone, String capacityType, int resumedFromStep) {}

    /** Rows by shard and step; {@code made} comes by shard, step and generation. */
    List<TelemetryRow> rows(List<StepTable.Made> made, boolean includeSuperseded, int maxPoints) {
        Map<ShardId, List<TelemetryRow>> byShard = new LinkedHashMap<>();
        Map<Lease, Integer> cutoffs = new HashMap<>();
        for (int i = 0; i < made.size(); i++) {
            StepTable.Made record = made.get(i);
            boolean superseded = !survives(record, cutoffs) || isRemade(made, i, cutoffs);
            if (includeSuperseded || !superseded) {
                byShard.computeIfAbsent(record.lease().shard(), shard -> new ArrayList<>())
                        .add(row(record, superseded));
            }
        }
        return byShard.values().stream()
                .flatMap(rows -> thinned(rows, maxPoints).stream())
                .toList();
    }

    /** Whether a newer generation has the same step too, and that record survives. */
    private boolean isRemade(List<StepTable.Made> made, int index, Map<Lease, Integer> cutoffs) {
        for (int i = index + 1; i < made.size() && isSameStep(made.get(index), made.get(i)); i++) {
            if (survives(made.get(i), cutoffs)) {
                return true;
            }
        }
        return false;
    }

    private boolean survives(StepTable.Made record, Map<Lease, Integer> cutoffs) {
        return record.step().step() <= cutoffs.computeIfAbsent(record.lease(), this::cutoff);
    }

    /** The last step of a generation that counts: the least of where later ones resumed. */
    private int cutoff(Lease lease) {
        return places.entrySet().stream()
                .filter(entry -> entry.getKey().shard().equals(lease.shard()))
                .filter(entry -> entry.getKey().generation() > lease.generation())
                .mapToInt(entry -> entry.getValue().resumedFromStep())
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    private TelemetryRow row(StepTable.Made made, boolean superseded) {
        Lease lease = made.lease();
        Place place = Optional.ofNullable(places.get(lease)).orElse(UNKNOWN);
        return new TelemetryRow(
                lease.shard(),
                lease.generation(),
                made.step(),
                place.node(),
                place.zone(),
                place.capacityType(),
                superseded);
    }

    private static boolean isSameStep(StepTable.Made one, StepTable.Made other) {
        return one.step().step() == other.step().step()
                && one.lease().shard().equals(other.lease().shard());
    }

    /** Evenly spaced, at most {@code maxPoints}, the last one among them. */
    static <T> List<T> thinned(List<T> rows, int maxPoints) {
        if (maxPoints <= 0 || rows.size() <= maxPoints) {
            return rows;
        }
        List<T> kept = new ArrayList<>(maxPoints);
        for (long point = 1; point <= maxPoints; point++) {
            kept.add(rows.get((int) (point * rows.size() / maxPoints) - 1));
        }
        return kept;
    }
}
