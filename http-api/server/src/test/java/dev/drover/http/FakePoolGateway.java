package dev.drover.http;

import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.MarketView;
import dev.drover.protocol.api.NodeView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolGateway;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.api.PoolView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.PoolSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Pools that do what they are told at once, and remember it; a silent one does it too, but never says so. */
final class FakePoolGateway implements PoolGateway {
    private final List<String> diary;
    private final Map<PoolName, FakePool> pools = new LinkedHashMap<>();
    final Set<PoolName> silent = ConcurrentHashMap.newKeySet();
    volatile boolean broken;

    FakePoolGateway(List<String> diary) {
        this.diary = diary;
    }

    synchronized void create(PoolSpec spec) {
        pools.put(spec.name(), new FakePool(spec));
    }

    synchronized void put(JobView job) {
        pool(job.pool()).jobs.put(job.id(), job);
    }

    synchronized void put(PoolName pool, NodeView node) {
        pool(pool).nodes.put(node.id(), node);
    }

    synchronized void put(PoolName pool, MarketView market) {
        pool(pool).markets.add(market);
    }

    synchronized void forget(JobId job) {
        pools.values().forEach(pool -> pool.jobs.remove(job));
    }

    synchronized int jobs(PoolName pool) {
        return pool(pool).jobs.size();
    }

    private FakePool pool(PoolName name) {
        FakePool pool = pools.get(name);
        if (pool == null) {
            throw new AssertionError("no pool " + name);
        }
        return pool;
    }

    @Override
    public CompletionStage<List<PoolName>> pools() {
        return broken
                ? CompletableFuture.failedFuture(new IllegalStateException("no scheduler answers"))
                : CompletableFuture.completedFuture(names());
    }

    private synchronized List<PoolName> names() {
        return List.copyOf(pools.keySet());
    }

    @Override
    public CompletionStage<PoolReply> ask(PoolName pool, PoolCommand command) {
        if (broken) {
            throw new IllegalStateException("the gateway broke with secret details");
        }
        PoolReply reply = decide(pool, command);
        return silent.contains(pool) ? new CompletableFuture<>() : CompletableFuture.completedFuture(reply);
    }

    private synchronized PoolReply decide(PoolName name, PoolCommand command) {
        if (command instanceof PoolCommand.ConfigurePool(PoolSpec spec)) {
            pools.computeIfAbsent(name, ignored -> new FakePool(spec)).spec = spec;
            return new PoolReply.Done();
        }
        FakePool pool = pools.get(name);
        return pool == null ? new PoolReply.NotFound("pool " + name) : decide(pool, command);
    }

    private PoolReply decide(FakePool pool, PoolCommand command) {
        return switch (command) {
            case PoolCommand.SubmitJob submit -> {
                diary.add("submit " + submit.job());
                pool.jobs.putIfAbsent(submit.job(), Views.job(submit.job(), submit.spec(), JobState.QUEUED));
                yield new PoolReply.Job(Views.existing(pool.jobs.get(submit.job())));
            }
            case PoolCommand.SubmitJobs(List<PoolCommand.SubmitJob> jobs) -> {
                jobs.forEach(job -> decide(pool, job));
                yield new PoolReply.Done();
            }
            case PoolCommand.CancelJob(JobId job, String reason) -> {
                pool.jobs.computeIfPresent(job, (id, view) -> Views.cancelled(view, reason));
                yield new PoolReply.Done();
            }
            case PoolCommand.SetBudget(JobId job, Optional<Money> budget) -> {
                pool.jobs.computeIfPresent(job, (id, view) -> Views.budgeted(view, budget));
                yield new PoolReply.Done();
            }
            case PoolCommand.ConfigurePool ignored -> new PoolReply.Done();
            case PoolCommand.ScalePool(int min, int max) -> {
                pool.spec = pool.spec.withNodes(min, max);
                yield new PoolReply.Done();
            }
            case PoolCommand.PausePool ignored -> pool.paused(true);
            case PoolCommand.ResumePool ignored -> pool.paused(false);
            case PoolCommand.DrainNode(NodeId node) -> pool.known(node);
            case PoolCommand.EvictNode evict -> {
                diary.add("evict " + evict.node() + " " + evict.notice());
                yield pool.known(evict.node());
            }
            case PoolCommand.ShowPool ignored -> new PoolReply.Pool(pool.view());
            case PoolCommand.ShowJob(JobId job) ->
                pool.jobs.containsKey(job)
                        ? new PoolReply.Job(Views.existing(pool.jobs.get(job)))
                        : new PoolReply.NotFound("job " + job);
            case PoolCommand.ListJobs ignored -> new PoolReply.Jobs(List.copyOf(pool.jobs.values()));
            case PoolCommand.ListNodes ignored -> new PoolReply.Nodes(List.copyOf(pool.nodes.values()));
            case PoolCommand.ListMarkets ignored -> new PoolReply.Markets(List.copyOf(pool.markets));
            case PoolCommand.ShowCost ignored -> new PoolReply.Cost(Views.POOL_COST);
            case PoolCommand.PlanJob plan -> {
                diary.add("plan " + plan.spec().name() + " for " + plan.owner());
                yield plan.spec().scheduling().after().isEmpty()
                        ? new PoolReply.Plan(Views.plan(plan.spec()))
                        : new PoolReply.Rejected("after", "j-0", "jobs of this pool");
            }
        };
    }

    private static final class FakePool {
        private final Map<JobId, JobView> jobs = new LinkedHashMap<>();
        private final Map<NodeId, NodeView> nodes = new LinkedHashMap<>();
        private final List<MarketView> markets = new ArrayList<>();
        private PoolSpec spec;
        private boolean paused;

        FakePool(PoolSpec spec) {
            this.spec = spec;
        }

        PoolReply paused(boolean now) {
            paused = now;
            return new PoolReply.Done();
        }

        PoolReply known(NodeId node) {
            return nodes.containsKey(node) ? new PoolReply.Done() : new PoolReply.NotFound("node " + node);
        }

        PoolView view() {
            return new PoolView(spec, paused, nodes.size(), nodes.size(), 0, 0, Views.COST);
        }
    }
}
