package dev.drover.dist.demo;

import dev.drover.cloud.local.LocalCloudControl;
import dev.drover.cloud.local.MarketFilter;
import dev.drover.protocol.api.AttemptView;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** The script: what is done to the job while it trains. Every act waits for a condition, none for a time. */
final class DemoRun {
    static final Duration NOTICE = Duration.ofSeconds(30);
    private static final Duration CAPACITY_NOTICE = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final List<Integer> ALL =
            IntStream.range(0, DemoJob.SHARDS).boxed().toList();

    private final DemoWorld world;
    private final DemoApi api;
    private final Path data;
    private final int steps;
    private final long seed;
    private final Progress progress;
    private final List<Disruption.Act> acts = new ArrayList<>();

    DemoRun(DemoWorld world, DemoApi api, Path data, int steps, long seed, Progress progress) {
        this.world = world;
        this.api = api;
        this.data = data;
        this.steps = steps;
        this.seed = seed;
        this.progress = progress;
    }

    List<Disruption.Act> acts() {
        return List.copyOf(acts);
    }

    /** Trains through all disruptions to the end. */
    JobId disturbed() throws IOException, InterruptedException, TimeoutException {
        PoolSpec pool = DemoJob.disturbed();
        api.putPool(pool);
        progress.say("waiting for " + pool.minNodes() + " nodes");
        awaitNodes(pool);
        JobId job = api.submit(DemoJob.spec(pool, data, steps, seed), "demo-" + seed);
        progress.say("job " + job + " on spot: " + DemoJob.SHARDS + " shards x " + steps + " steps");
        try (LocalCloudControl cloud = world.cloud()) {
            await(job, "a twentieth of the way", view -> reached(view, steps / 20) && isRunning(view));
            notice(job, cloud);
            await(job, "both shards training, a spare ready", view -> reached(view, steps / 8) && isRunning(view));
            kill(job, cloud);
            await(job, "both shards training", view -> reached(view, steps / 5) && isRunning(view));
            controller(job);
            await(job, "both shards training", view -> reached(view, steps * 3 / 10) && isRunning(view));
            capacity(job, cloud);
        }
        return finish(job);
    }

    /** Trains the same job where nothing happens. */
    JobId undisturbed() throws IOException, InterruptedException, TimeoutException {
        PoolSpec pool = DemoJob.undisturbed();
        api.putPool(pool);
        JobId job = api.submit(DemoJob.spec(pool, data, steps, seed), "baseline-" + seed);
        progress.say("the same job undisturbed: " + job);
        return finish(job);
    }

    private void notice(JobId job, LocalCloudControl cloud) throws IOException, InterruptedException, TimeoutException {
        ShardView shard = api.job(job).shards().getFirst();
        NodeId node = shard.node().orElseThrow();
        progress.say("evicting " + node + " with " + NOTICE.toSeconds() + " s notice (shard 0)");
        Instant at = Instant.now();
        cloud.evict(node, NOTICE);
        acts.add(new Disruption.Act(Disruption.Kind.NOTICE, NOTICE.toSeconds(), List.of(0), at, at));
        await(job, "shard 0 on another node", movedOn(0, shard.generation()));
        awaitNodes(DemoJob.disturbed());
    }

    private void kill(JobId job, LocalCloudControl cloud) throws IOException, InterruptedException, TimeoutException {
        ShardView shard = api.job(job).shards().getLast();
        NodeId node = shard.node().orElseThrow();
        progress.say("kill -9 of " + node + ", agent and training, without notice (shard " + shard.index() + ")");
        Instant at = Instant.now();
        cloud.kill(node);
        acts.add(new Disruption.Act(Disruption.Kind.KILL, 0, List.of(shard.index()), at, at));
        await(job, "shard " + shard.index() + " on another node", movedOn(shard.index(), shard.generation()));
    }

    private void controller(JobId job) throws IOException, InterruptedException, TimeoutException {
        int before = leastStep(api.job(job));
        progress.say("kill -9 of the controller; training goes on without it");
        Instant at = Instant.now();
        world.killController();
        world.restartController();
        acts.add(new Disruption.Act(Disruption.Kind.CONTROLLER, 0, ALL, at, Instant.now()));
        progress.say("the controller is back after %.1f s"
                .formatted(Duration.between(at, Instant.now()).toMillis() / 1000.0));
        await(job, "both agents heard of again", view -> leastStep(view) > before && isRunning(view));
    }

    private void capacity(JobId job, LocalCloudControl cloud)
            throws IOException, InterruptedException, TimeoutException {
        MarketFilter spot = MarketFilter.all().only(CapacityType.SPOT);
        progress.say("taking all spot capacity away, with " + CAPACITY_NOTICE.toSeconds() + " s notice");
        Instant at = Instant.now();
        cloud.setCapacity(spot, 0, CAPACITY_NOTICE);
        acts.add(new Disruption.Act(Disruption.Kind.CAPACITY, CAPACITY_NOTICE.toSeconds(), ALL, at, at));
        await(job, "both shards on demand", view -> isRunning(view) && all(view, CapacityType.ON_DEMAND));
        progress.say("fell back to on demand; spot returns");
        cloud.clearCapacity(spot);
        await(
                job,
                "both shards back on spot",
                view -> view.state().isFinal() || (isRunning(view) && all(view, CapacityType.SPOT)));
        progress.say("switched back to spot");
    }

    private JobId finish(JobId job) throws IOException, InterruptedException, TimeoutException {
        await(job, "the end", view -> view.state().isFinal());
        JobView view = api.job(job);
        if (view.state() != JobState.SUCCEEDED) {
            throw new IOException("job " + job + " ended as " + view.state() + ": "
                    + view.why().map(reason -> reason.text()).orElse("no reason given"));
        }
        return job;
    }

    private void awaitNodes(PoolSpec pool) throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (api.readyNodes(pool).orElse(0) < pool.minNodes()) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("pool " + pool.name() + " did not get " + pool.minNodes() + " ready nodes");
            }
            Thread.sleep(100);
        }
    }

    private void await(JobId job, String what, Predicate<JobView> condition)
            throws IOException, InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            JobView view = api.job(job);
            progress.show(view, steps);
            if (condition.test(view)) {
                return;
            }
            if (view.state().isFinal()) {
                throw new IOException("job " + job + " ended as " + view.state() + " before " + what + ": "
                        + view.why().map(reason -> reason.text()).orElse("no reason given"));
            }
            if (System.nanoTime() > deadline) {
                throw new TimeoutException(
                        "waited " + PATIENCE.toSeconds() + " s for " + what + "; the job is " + view);
            }
            Thread.sleep(100);
        }
    }

    private static Predicate<JobView> movedOn(int shard, int generation) {
        return view -> view.shards().get(shard).generation() > generation
                && view.shards().get(shard).state() == ShardState.RUNNING;
    }

    private static boolean isRunning(JobView view) {
        return view.shards().stream().allMatch(shard -> shard.state() == ShardState.RUNNING);
    }

    private static boolean reached(JobView view, int step) {
        return leastStep(view) >= step;
    }

    private static int leastStep(JobView view) {
        return view.shards().stream().mapToInt(ShardView::step).min().orElse(0);
    }

    private static boolean all(JobView view, CapacityType type) {
        return view.shards().stream()
                .map(shard -> shard.attempts().getLast())
                .map(AttemptView::market)
                .allMatch(market -> market.capacityType() == type);
    }
}
