package dev.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** Shows a plan to people. */
final class PlanText {
    private PlanText() {}

    /** The plan of the job that is called so, or has no name. */
    static String of(JsonNode plan, String name) {
        StringBuilder text = new StringBuilder("%s in pool %s, shards: %s%s%n"
                .formatted(
                        name.isEmpty() ? "a job" : name,
                        Render.text(plan, "/pool"),
                        Render.text(plan, "/shards"),
                        plan.has("work") ? ", " + Render.text(plan, "/work") + " of work each" : ""));
        Table table = new Table("", "");
        estimate(table, plan.path("estimate"));
        table.row("price", price(plan));
        table.row(
                "now",
                "it would say: " + Render.text(plan, "/start/text") + " (" + Render.text(plan, "/start/code") + ")");
        int ahead = plan.path("ahead").asInt();
        if (ahead > 0) {
            table.row("ahead", ahead + " shards wait and come first");
        }
        plan.path("because").forEach(sentence -> table.row("because", sentence.asText()));
        return text.append(table.toString().stripLeading()).toString();
    }

    private static void estimate(Table table, JsonNode estimate) {
        if (estimate.isMissingNode()) {
            return;
        }
        String onDemand =
                estimate.has("onDemandCost") ? "; on demand " + Render.money(estimate.path("onDemandCost")) : "";
        table.row(
                "cost",
                "%s expected, %s to %s in 80%% of the futures%s"
                        .formatted(
                                Render.money(estimate.at("/cost/expected")),
                                Render.money(estimate.at("/cost/low")),
                                Render.money(estimate.at("/cost/high")),
                                onDemand));
        table.row(
                "done",
                "%s expected, %s to %s"
                        .formatted(time(estimate, "expected"), time(estimate, "low"), time(estimate, "high")));
        JsonNode deadline = estimate.path("deadline");
        if (!deadline.isMissingNode()) {
            table.row(
                    "deadline",
                    "%s, met in %s".formatted(Render.seconds(deadline.path("at")), percent(deadline.path("odds"))));
        }
        JsonNode budget = estimate.path("budget");
        if (!budget.isMissingNode()) {
            table.row(
                    "budget",
                    "%s%s, enough in %s"
                            .formatted(
                                    Render.money(budget.path("limit")),
                                    leftOf(Render.text(budget, "/whose")),
                                    percent(budget.path("odds"))));
        }
        table.row(
                "hours",
                "%s on spot, %s on demand; %s moves a shard"
                        .formatted(
                                one(estimate.path("hoursOnSpot")),
                                one(estimate.path("hoursOnDemand")),
                                one(estimate.path("moves"))));
    }

    private static String price(JsonNode plan) {
        String spot = plan.has("spotPerShardHour") ? Render.money(plan.path("spotPerShardHour")) + " on spot" : "";
        String onDemand =
                plan.has("onDemandPerShardHour") ? Render.money(plan.path("onDemandPerShardHour")) + " on demand" : "";
        String both = spot + (spot.isEmpty() || onDemand.isEmpty() ? "" : ", ") + onDemand;
        return both.isEmpty() ? "nothing is sold that it may buy" : both + ", per shard and hour";
    }

    /** To the second. */
    private static String time(JsonNode estimate, String which) {
        JsonNode at = estimate.path("finish").path(which);
        return at.isMissingNode() ? "no end in sight" : Render.seconds(at);
    }

    /** A job's own budget is whole. */
    private static String leftOf(String whose) {
        return whose.isEmpty() || whose.equals("job") ? "" : " left of " + whose;
    }

    private static String percent(JsonNode odds) {
        return "%.1f%%".formatted(100 * odds.asDouble()).replace(".0%", "%");
    }

    private static String one(JsonNode number) {
        return String.format(Locale.ROOT, "%.1f", number.asDouble());
    }
}
