package dev.drover.http;

import dev.drover.protocol.api.CostView;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.NodeView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolCostView;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.money.Money;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Gauges of what pools say of themselves, read when somebody asks for them. A silent pool shows as down and keeps no gauges. */
final class PoolMetrics {
    private final Pools pools;
    private final MultiGauge up;
    private final MultiGauge jobs;
    private final MultiGauge nodes;
    private final MultiGauge spend;
    private final MultiGauge onDemandSpend;
    private final MultiGauge budget;
    private final MultiGauge ownerSpend;
    private final MultiGauge ownerBudget;
    private final ReentrantLock refreshing = new ReentrantLock();

    PoolMetrics(Pools pools, MeterRegistry registry) {
        this.pools = pools;
        this.up = gauge(registry, "drover.pool.up", "1 when the pool answers");
        this.jobs = gauge(registry, "drover.jobs", "Live jobs by state");
        this.nodes = gauge(registry, "drover.nodes", "Nodes by membership and market");
        this.spend = gauge(registry, "drover.spend", "Spent so far, in the currency's unit");
        this.onDemandSpend =
                gauge(registry, "drover.spend.on.demand", "What the same instance-seconds would have cost on demand");
        this.budget = gauge(registry, "drover.budget", "The most that the pool may spend");
        this.ownerSpend = gauge(registry, "drover.owner.spend", "Spent so far by the jobs of an owner, booked or not");
        this.ownerBudget = gauge(registry, "drover.owner.budget", "The most that the jobs of an owner may spend");
    }

    /** Asks every pool. */
    void refresh() {
        refreshing.lock();
        try {
            List<PoolName> answering = new ArrayList<>();
            List<MultiGauge.Row<?>> upRows = new ArrayList<>();
            pools.askAll(pools.all(), new PoolCommand.ShowPool()).forEach((pool, reply) -> {
                upRows.add(MultiGauge.Row.of(pool(pool), reply.isPresent() ? 1 : 0));
                reply.ifPresent(ignored -> answering.add(pool));
            });
            up.register(upRows, true);
            jobs.register(rows(answering, new PoolCommand.ListJobs(), PoolMetrics::jobRows), true);
            nodes.register(rows(answering, new PoolCommand.ListNodes(), PoolMetrics::nodeRows), true);
            registerCosts(answering);
        } finally {
            refreshing.unlock();
        }
    }

    private void registerCosts(List<PoolName> answering) {
        Map<PoolName, PoolCostView> costs = new LinkedHashMap<>();
        pools.askAll(answering, new PoolCommand.ShowCost()).forEach((pool, reply) -> {
            if (reply.orElse(null) instanceof PoolReply.Cost(PoolCostView cost)) {
                costs.put(pool, cost);
            }
        });
        spend.register(typeRows(costs, CostView.Line::spent), true);
        onDemandSpend.register(typeRows(costs, CostView.Line::onDemand), true);
        List<MultiGauge.Row<?>> budgets = new ArrayList<>();
        costs.forEach((pool, cost) -> cost.budget().ifPresent(stands -> budgets.add(row(pool(pool), stands.limit()))));
        budget.register(budgets, true);
        ownerSpend.register(ownerRows(costs, owner -> Optional.of(owner.spent())), true);
        ownerBudget.register(ownerRows(costs, PoolCostView.Owner::budget), true);
    }

    private List<MultiGauge.Row<?>> rows(List<PoolName> asked, PoolCommand question, RowMaker maker) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (Map.Entry<PoolName, Optional<PoolReply>> answer :
                pools.askAll(asked, question).entrySet()) {
            answer.getValue().ifPresent(reply -> rows.addAll(maker.rows(answer.getKey(), reply)));
        }
        return rows;
    }

    private static List<MultiGauge.Row<?>> jobRows(PoolName pool, PoolReply reply) {
        return reply instanceof PoolReply.Jobs(List<JobView> live)
                ? counted(live, job -> pool(pool).and("state", lower(job.state())))
                : List.of();
    }

    private static List<MultiGauge.Row<?>> nodeRows(PoolName pool, PoolReply reply) {
        return reply instanceof PoolReply.Nodes(List<NodeView> members)
                ? counted(
                        members,
                        node -> pool(pool)
                                .and("membership", lower(node.membership()))
                                .and("zone", node.market().map(Market::zone).orElse("none"))
                                .and(
                                        "instance_type",
                                        node.market().map(Market::instanceType).orElse("none"))
                                .and(
                                        "capacity_type",
                                        node.market()
                                                .map(market -> lower(market.capacityType()))
                                                .orElse("none")))
                : List.of();
    }

    private static List<MultiGauge.Row<?>> typeRows(
            Map<PoolName, PoolCostView> costs, Function<CostView.Line, Money> amount) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        costs.forEach((pool, cost) -> {
            for (CostView.Line line : cost.byCapacityType()) {
                Tags tags = pool(pool).and("capacity_type", line.capacityType().toLowerCase(Locale.ROOT));
                rows.add(row(tags, amount.apply(line)));
            }
        });
        return rows;
    }

    private static List<MultiGauge.Row<?>> ownerRows(
            Map<PoolName, PoolCostView> costs, Function<PoolCostView.Owner, Optional<Money>> amount) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        costs.forEach((pool, cost) -> {
            for (PoolCostView.Owner owner : cost.owners()) {
                amount.apply(owner).ifPresent(money -> rows.add(row(pool(pool).and("owner", owner.owner()), money)));
            }
        });
        return rows;
    }

    private static MultiGauge.Row<?> row(Tags tags, Money money) {
        return MultiGauge.Row.of(tags.and("currency", money.currency()), money.amount());
    }

    private static <T> List<MultiGauge.Row<?>> counted(List<T> things, Function<T, Tags> tags) {
        Map<Tags, Long> counts = things.stream().collect(Collectors.groupingBy(tags, Collectors.counting()));
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        counts.forEach((key, count) -> rows.add(MultiGauge.Row.of(key, count)));
        return rows;
    }

    private static Tags pool(PoolName pool) {
        return Tags.of("pool", pool.value());
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    private interface RowMaker {
        List<MultiGauge.Row<?>> rows(PoolName pool, PoolReply reply);
    }
}
