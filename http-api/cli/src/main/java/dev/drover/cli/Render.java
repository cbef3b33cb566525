package dev.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Shows answers of the API to people.
 *
 * <p>Works on JSON rather than on views, so that a newer server's extra fields do no harm.
 */
final class Render {
    private Render() {}

    static String queue(JsonNode list) {
        Table table = new Table("JOB", "NAME", "POOL", "STATE", "SHARDS", "STEP", "SPENT", "WHY");
        for (JsonNode job : list.path("jobs")) {
            table.row(
                    text(job, "/id"),
                    text(job, "/spec/name"),
                    text(job, "/pool"),
                    text(job, "/state"),
                    job.path("shards").size(),
                    steps(job),
                    money(job.at("/cost/spent")),
                    text(job, "/why/text"));
        }
        return table + unanswered(list);
    }

    /** A job with its shards, their moves, and why. */
    static String job(JsonNode job) {
        StringBuilder text = new StringBuilder();
        text.append("%s  %s  %s in pool %s%n"
                .formatted(text(job, "/id"), text(job, "/spec/name"), text(job, "/state"), text(job, "/pool")));
        if (job.has("why")) {
            text.append("why: ")
                    .append(text(job, "/why/text"))
                    .append(" (")
                    .append(text(job, "/why/code"))
                    .append(")\n");
        }
        text.append(cost(job.path("cost"), job.at("/spec/budget"))).append('\n');
        String spentOn = spentOn(job.path("cost"));
        text.append(spentOn.isEmpty() ? "" : "spent on: " + spentOn + "\n").append('\n');
        Table shards = new Table("SHARD", "STATE", "STEP", "GENERATION", "NODE", "TO", "WHY");
        for (JsonNode shard : job.path("shards")) {
            String trouble = shard.has("trouble") ? " [" + text(shard, "/trouble") + "]" : "";
            shards.row(
                    text(shard, "/index"),
                    text(shard, "/state"),
                    text(shard, "/step") + of(job),
                    text(shard, "/generation"),
                    text(shard, "/node"),
                    text(shard, "/target"),
                    text(shard, "/why/text") + trouble);
        }
        return text.append(shards).append(attempts(job)).toString();
    }

    /** Where each shard ran, one after the other, and why. */
    private static String attempts(JsonNode job) {
        StringBuilder text = new StringBuilder();
        for (JsonNode shard : job.path("shards")) {
            for (JsonNode attempt : shard.path("attempts")) {
                text.append("\nshard %s, generation %s, from step %s: %s, %s%n"
                        .formatted(
                                text(shard, "/index"),
                                text(attempt, "/generation"),
                                text(attempt, "/resumedFromStep"),
                                text(attempt, "/node"),
                                market(attempt.path("market"))));
                text.append("  began  ")
                        .append(text(attempt, "/grantedBecause/text"))
                        .append('\n');
                if (attempt.has("endedBecause")) {
                    text.append("  ended  ")
                            .append(text(attempt, "/endedBecause/text"))
                            .append('\n');
                }
            }
        }
        return text.toString();
    }

    static void nodes(Table table, String pool, JsonNode nodes) {
        for (JsonNode node : nodes.path("nodes")) {
            String why = node.has("leavingBecause") ? "/leavingBecause/text" : "/because/text";
            table.row(
                    text(node, "/id"),
                    pool,
                    text(node, "/membership"),
                    market(node.path("market")),
                    node.has("pricePerHour") ? money(node.path("pricePerHour")) + "/h" : "",
                    leases(node),
                    text(node, "/silence"),
                    text(node, why) + rebalance(node));
        }
    }

    /** That a node has no notice, and may get one sooner than others. */
    private static String rebalance(JsonNode node) {
        return node.has("rebalanceSince") && !node.has("notice")
                ? " [cloud: more likely to be taken, since " + seconds(node.path("rebalanceSince")) + "]"
                : "";
    }

    /** An instant without its fraction. */
    static String seconds(JsonNode at) {
        return Instant.parse(at.asText()).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static void markets(Table table, String pool, JsonNode markets) {
        for (JsonNode market : markets.path("markets")) {
            String refusal = market.has("lastRefusal")
                    ? text(market, "/lastRefusal/kind") + ": " + text(market, "/lastRefusal/message")
                    : "";
            table.row(
                    market(market.path("market")),
                    pool,
                    money(market.path("pricePerHour")) + "/h",
                    text(market, "/resources/count") + " " + text(market, "/resources/accelerator"),
                    market.path("used").asBoolean() ? "yes" : "no",
                    text(market, "/backingOffUntil"),
                    refusal);
        }
    }

    static String pools(JsonNode list) {
        Table table = new Table("POOL", "MODE", "PROVIDER", "NODES", "LIMITS", "RUNNING", "QUEUED", "SPENT", "STATE");
        for (JsonNode pool : list.path("pools")) {
            table.row(
                    text(pool, "/spec/name"),
                    text(pool, "/spec/mode"),
                    text(pool, "/spec/provider"),
                    text(pool, "/readyNodes") + " of " + text(pool, "/nodes") + " ready",
                    text(pool, "/spec/minNodes") + " to " + text(pool, "/spec/maxNodes"),
                    text(pool, "/runningShards"),
                    text(pool, "/queuedShards"),
                    money(pool.at("/cost/spent")) + ofBudget(pool.at("/spec/budget")),
                    pool.path("paused").asBoolean() ? "paused" : "active");
        }
        return table + unanswered(list);
    }

    static String telemetry(JsonNode telemetry) {
        Table table =
                new Table("SHARD", "STEP", "LOSS", "EVAL", "TOKENS/S", "PAUSE", "GENERATION", "NODE", "ZONE", "TYPE");
        telemetry
                .path("points")
                .forEach(point -> table.row(
                        text(point, "/shard"),
                        text(point, "/step"),
                        text(point, "/loss"),
                        text(point, "/evalLoss"),
                        Math.round(point.path("tokensPerSecond").asDouble()),
                        Math.round(point.path("pauseMillis").asDouble()) + " ms",
                        text(point, "/generation"),
                        text(point, "/node"),
                        text(point, "/zone"),
                        text(point, "/capacityType")));
        return table.toString();
    }

    /** One step in one line. */
    static String step(JsonNode point, String of) {
        return "shard %s  step %s%s  loss %s  %d tokens/s  %s %s"
                .formatted(
                        text(point, "/shard"),
                        text(point, "/step"),
                        of,
                        text(point, "/loss"),
                        Math.round(point.path("tokensPerSecond").asDouble()),
                        text(point, "/zone"),
                        text(point, "/capacityType"));
    }

    /** Pools, and below them their owners, where there are any. */
    static String costs(JsonNode pools) {
        Table sums = new Table("POOL", "COST", "SPENT ON");
        Table owners = new Table("POOL", "OWNER", "SPENT", "RESERVED", "BUDGET");
        for (var pool : pools.properties()) {
            JsonNode cost = pool.getValue();
            sums.row(pool.getKey(), cost(cost, cost.at("/budget/limit")), spentOn(cost));
            for (JsonNode owner : cost.path("owners")) {
                owners.row(
                        pool.getKey(),
                        text(owner, "/owner"),
                        money(owner.path("spent")),
                        money(owner.path("reserved")),
                        money(owner.path("budget")));
            }
        }
        return sums + (owners.isEmpty() ? "" : "\n" + owners);
    }

    /** What was spent, of which budget where there is one, against what it would have cost on demand. */
    static String cost(JsonNode cost, JsonNode budget) {
        BigDecimal spent = cost.at("/spent/amount").decimalValue();
        BigDecimal onDemand = cost.at("/onDemand/amount").decimalValue();
        String saved = onDemand.signum() == 0
                ? ""
                : " (%d%% less)"
                        .formatted(BigDecimal.valueOf(100)
                                .subtract(spent.multiply(BigDecimal.valueOf(100))
                                        .divide(onDemand, 0, RoundingMode.HALF_UP))
                                .intValue());
        return "spent %s%s; on demand it would have been %s%s"
                .formatted(money(cost.path("spent")), ofBudget(budget), money(cost.path("onDemand")), saved);
    }

    private static String ofBudget(JsonNode budget) {
        return budget.has("amount") ? " of " + money(budget) : "";
    }

    /** {@code useful 93.1%, start-up 6.9%}; empty where nothing was spent, or an older server does not tell. */
    static String spentOn(JsonNode cost) {
        BigDecimal spent = cost.at("/spent/amount").decimalValue();
        List<String> parts = new ArrayList<>();
        for (JsonNode line : cost.path("byCategory")) {
            BigDecimal part = line.at("/spent/amount").decimalValue();
            if (part.signum() > 0) {
                String name = text(line, "/category").toLowerCase(Locale.ROOT).replace('_', '-');
                parts.add(name + " " + part.multiply(BigDecimal.valueOf(100)).divide(spent, 1, RoundingMode.HALF_UP)
                        + "%");
            }
        }
        return String.join(", ", parts);
    }

    /** Four significant digits and the currency. */
    static String money(JsonNode money) {
        if (!money.has("amount")) {
            return "";
        }
        BigDecimal amount = money.path("amount").decimalValue().round(new MathContext(4));
        return (amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString()) + " "
                + money.path("currency").asText();
    }

    /** {@code /300} where the number of steps is known. */
    static String of(JsonNode job) {
        JsonNode steps = job.at("/spec/program/train/steps");
        return steps.isMissingNode() ? "" : "/" + steps.asText();
    }

    static String text(JsonNode node, String pointer) {
        return node.at(pointer).asText("");
    }

    private static String steps(JsonNode job) {
        int slowest = job.path("shards")
                .valueStream()
                .mapToInt(shard -> shard.path("step").asInt())
                .min()
                .orElse(0);
        return slowest + of(job);
    }

    private static String market(JsonNode market) {
        return market.isMissingNode()
                ? ""
                : "%s %s %s"
                        .formatted(
                                text(market, "/zone"),
                                text(market, "/instanceType"),
                                text(market, "/capacityType")
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', '-'));
    }

    private static String leases(JsonNode node) {
        return String.join(
                " ", node.path("leases").valueStream().map(JsonNode::asText).toList());
    }

    private static String unanswered(JsonNode list) {
        JsonNode silent = list.path("unanswered");
        return silent.isEmpty()
                ? ""
                : "no answer from pool "
                        + String.join(
                                ", ", silent.valueStream().map(JsonNode::asText).toList())
                        + ": what is live there is missing here\n";
    }
}
