package dev.drover.dist.simulate;

import dev.drover.simulation.trace.Contender;
import dev.drover.simulation.trace.Outcome;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What one policy paid for a job from one start. */
record Row(Job job, int start, Contender policy, Outcome outcome) {
    static final List<String> COLUMNS = List.of(
            "set",
            "zones",
            "start_tick",
            "compute_h",
            "deadline_h",
            "changeover_h",
            "policy",
            "cost_usd",
            "launches",
            "missed",
            "spot_h",
            "on_demand_h");

    static String header() {
        return String.join(",", COLUMNS);
    }

    String csv() {
        return values().stream().map(Object::toString).collect(Collectors.joining(","));
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        List<Object> values = values();
        for (int i = 0; i < COLUMNS.size(); i++) {
            json.put(COLUMNS.get(i), values.get(i));
        }
        return json;
    }

    private List<Object> values() {
        return List.of(
                job.set(),
                job.zones(),
                start,
                job.hours().compute(),
                job.hours().deadline(),
                job.hours().changeover(),
                policy.text(),
                rounded(outcome.cost()),
                outcome.launches(),
                outcome.missed() ? 1 : 0,
                rounded(outcome.spotHours()),
                rounded(outcome.onDemandHours()));
    }

    private static BigDecimal rounded(double number) {
        return BigDecimal.valueOf(number).setScale(4, RoundingMode.HALF_UP);
    }
}
