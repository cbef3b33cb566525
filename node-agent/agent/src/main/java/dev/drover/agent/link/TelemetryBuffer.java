package dev.drover.agent.link;

import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.StepRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Steps on their way to the live stream.
 *
 * <p>Bounded: a lease's buffer that is full is thinned to every second step, the newest kept. The checkpoints carry the
 * complete record.
 */
final class TelemetryBuffer {
    private final int capacity;
    private final Map<Lease, List<StepRecord>> steps = new LinkedHashMap<>();

    TelemetryBuffer(int capacity) {
        this.capacity = capacity;
    }

    /** Adds one, and says whether the lease's buffer has just become half full. */
    boolean add(Lease lease, StepRecord record) {
        List<StepRecord> held = steps.computeIfAbsent(lease, ignored -> new ArrayList<>());
        held.add(record);
        if (held.size() > capacity) {
            steps.put(lease, thinned(held));
        }
        return held.size() == capacity / 2;
    }

    /** What to send next, if anything is held; {@link #sent} takes it out. */
    Optional<AgentReport.Telemetry> next() {
        return steps.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .findFirst()
                .map(entry -> new AgentReport.Telemetry(entry.getKey(), List.copyOf(entry.getValue())));
    }

    /** Those steps are on their way. */
    void sent(AgentReport.Telemetry telemetry) {
        steps.remove(telemetry.lease());
    }

    void forget(Lease lease) {
        steps.remove(lease);
    }

    private static List<StepRecord> thinned(List<StepRecord> held) {
        List<StepRecord> kept = new ArrayList<>();
        for (int i = (held.size() - 1) % 2; i < held.size(); i += 2) {
            kept.add(held.get(i));
        }
        return kept;
    }
}
