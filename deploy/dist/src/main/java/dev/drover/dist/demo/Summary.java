package dev.drover.dist.demo;

import dev.drover.protocol.api.CostView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the demo found. */
record Summary(
        List<Disruption> disruptions,
        CostView cost,
        LossComparison losses,
        int checkpointEvery,
        double firstEvalLoss,
        double lastEvalLoss,
        List<String> failures,
        double seconds) {
    Summary {
        disruptions = List.copyOf(disruptions);
        failures = List.copyOf(failures);
    }

    boolean isGood() {
        return failures.isEmpty();
    }

    /** The content of {@code summary.json}. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        List<Map<String, Object>> acts = new ArrayList<>();
        for (Disruption disruption : disruptions) {
            Map<String, Object> act = new LinkedHashMap<>();
            act.put("kind", disruption.kind().name().toLowerCase(Locale.ROOT));
            act.put("notice_s", disruption.noticeSeconds());
            act.put("gap_s", disruption.gapSeconds());
            act.put("steps_lost", disruption.stepsLost());
            acts.add(act);
        }
        json.put("disruptions", acts);
        json.put("cost_usd", cost.spent().amount());
        json.put("on_demand_cost_usd", cost.onDemand().amount());
        json.put("switch_backs", cost.switchBacks());
        json.put("losses_identical", losses.isIdentical());
        json.put("identical_steps", losses.identicalSteps());
        json.put("eval_loss_first", firstEvalLoss);
        json.put("eval_loss_last", lastEvalLoss);
        json.put("seconds", seconds);
        json.put("failures", failures);
        return json;
    }

    /** For people. */
    String text() {
        StringBuilder text = new StringBuilder(
                "\nwhat was done            notice   gap to the successor's first step   steps lost\n");
        for (Disruption disruption : disruptions) {
            text.append("%-22s %7.0f s %20.2f s %24d%n"
                    .formatted(
                            name(disruption.kind()),
                            disruption.noticeSeconds(),
                            disruption.gapSeconds(),
                            disruption.stepsLost()));
        }
        text.append("\ncost ").append(cost.spent());
        for (CostView.Line line : cost.byCapacityType()) {
            text.append("  (%s %s for %.0f instance-seconds)"
                    .formatted(line.capacityType(), line.spent(), line.instanceSeconds()));
        }
        text.append("\nthe same all on demand ").append(cost.onDemand());
        text.append("\nswitch-backs ").append(cost.switchBacks());
        text.append("\nevaluation loss %.4f -> %.4f nats per byte%n".formatted(firstEvalLoss, lastEvalLoss));
        text.append("losses identical: %s (%d of %d steps, %s shards)%n"
                .formatted(
                        losses.isIdentical() ? "yes" : "NO",
                        losses.identicalSteps() / losses.shards(),
                        losses.steps(),
                        losses.shards() == 2 ? "both" : "all " + losses.shards()));
        losses.firstDifference()
                .ifPresent(difference ->
                        text.append("first difference: ").append(difference).append('\n'));
        failures.forEach(failure -> text.append("FAILED: ").append(failure).append('\n'));
        text.append("%.0f s in all%n".formatted(seconds));
        return text.toString();
    }

    private static String name(Disruption.Kind kind) {
        return switch (kind) {
            case NOTICE -> "evicted with notice";
            case KILL -> "node killed -9";
            case CONTROLLER -> "controller killed -9";
            case CAPACITY -> "all spot taken away";
        };
    }
}
