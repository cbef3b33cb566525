package dev.drover.bench.chaos;

import dev.drover.bench.chaos.check.Checks;
import dev.drover.bench.chaos.check.Violation;
import dev.drover.bench.chaos.history.Entry;
import dev.drover.bench.chaos.history.Fault;
import dev.drover.bench.chaos.history.HistoryFile;
import dev.drover.cloud.Instance;
import dev.drover.cloud.local.MarketFilter;
import dev.drover.dist.demo.TelemetryPoint;
import dev.drover.dist.trial.Deadline;
import dev.drover.dist.trial.SmallJob;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.ShardView;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.job.ShardState;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Two nodes that train are cut off from every scheduler for longer than their lease, and joined again: one whose pool has a spare node, and one
 * whose pool gets no other. The same training in a third pool, to which nothing happens, says which losses are right.
 */
final class Partition {
    private static final PoolName WITHOUT = new PoolName("alone");
    private static final String ZONE_WITHOUT = "south-a";
    private static final List<String> ZONES_WITH = List.of("north-a", "north-b");
    private static final String SPEC = "long";
    private static final int CHECKPOINT_EVERY = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration TO_THE_END = Duration.ofMinutes(30);
    private static final long LOOK_MILLIS = 200;

    private final ChaosWorld world;
    private final HistoryFile history;
    private final Clients clients;
    private final int steps;
    private final Duration cut;
    private final Consumer<String> progress;

    private Partition(
            ChaosWorld world,
            HistoryFile history,
            Clients clients,
            int steps,
            Duration cut,
            Consumer<String> progress) {
        this.world = world;
        this.history = history;
        this.clients = clients;
        this.steps = steps;
        this.cut = cut;
        this.progress = progress;
    }

    /**
     * What came of it.
     *
     * @param moved from the cut until the spare node trains
     * @param fenced from the cut until the old node trains the shard no more: it was ended with its node, or it was told on its return
     * @param adopted from the healing until the node without a spare is known to have gone on
     * @param trainedMeanwhile steps that it made while it was cut off
     * @param broken promises, in words
     */
    record Outcome(
            Duration moved,
            Duration fenced,
            Duration adopted,
            int trainedMeanwhile,
            List<String> broken,
            String hosts) {}

    /** In a fresh directory; everything but the directory is taken away again, also when this is interrupted. */
    static Outcome play(Path directory, int steps, Duration cut, Consumer<String> progress)
            throws IOException, InterruptedException, TimeoutException, SQLException {
        NamespaceHosts hosts = NamespaceHosts.make(
                "dp" + Long.toString(ProcessHandle.current().pid(), 36), directory.resolve("hosts"));
        HistoryFile history = new HistoryFile(directory.resolve("history.ndjson"));
        ChaosWorld world = ChaosWorld.start(directory, hosts, history);
        Thread interrupted = new Thread(world::close, "partition-end");
        Runtime.getRuntime().addShutdownHook(interrupted);
        try (Clients clients = new Clients(world.schedulers(), 0)) {
            history.add(new Entry.Began(Instant.now()));
            return new Partition(world, history, clients, steps, cut, progress).play(directory, hosts);
        } finally {
            Runtime.getRuntime().removeShutdownHook(interrupted);
            world.close();
        }
    }

    private Outcome play(Path directory, NamespaceHosts hosts)
            throws IOException, InterruptedException, TimeoutException {
        PoolSpec with = pool(ChaosJob.HERD, ZONES_WITH, 2);
        put(with);
        put(pool(ChaosJob.CALM, ZONES_WITH, 1));
        put(pool(WITHOUT, List.of(ZONE_WITHOUT), 1));
        JobId moving = submit(ChaosJob.HERD);
        JobId calm = submit(ChaosJob.CALM);
        JobId staying = submit(WITHOUT);
        for (JobId each : List.of(moving, calm, staying)) {
            await(each, PATIENCE, view -> shard(view).step() > 0, "does not train");
        }
        awaitNodes(with);
        world.drills().setCapacity(MarketFilter.zone(ZONE_WITHOUT), 1, null);
        world.drills().setCapacity(MarketFilter.zone(ZONE_WITHOUT).only(CapacityType.ON_DEMAND), 0, null);
        Instance leaving = instance(moving);
        Instance alone = instance(staying);
        int stepAtCut = shard(view(staying)).step();
        Set<NodeProcess> before = trainers(leaving);
        Instant cutAt = sever(List.of(leaving, alone), true);
        progress.accept("%s and %s are cut off from every scheduler".formatted(leaving.node(), alone.node()));
        await(moving, PATIENCE, view -> runs(view, 2), "does not move to the spare node");
        Duration moved = Duration.between(cutAt, Instant.now());
        progress.accept("after %.1f s the spare node trains".formatted(moved.toMillis() / 1e3));
        Optional<Instant> ended = untilHealing(cutAt, leaving, before);
        require(shard(view(staying)).node().isEmpty(), alone.node() + " is not lost when it is joined again");
        require(!trainers(alone).isEmpty(), alone.node() + " does not train on by itself");
        Instant healedAt = sever(List.of(leaving, alone), false);
        if (ended.isEmpty()) {
            awaitEnded(leaving, before);
        }
        Duration fenced = Duration.between(cutAt, ended.orElseGet(Instant::now));
        progress.accept("%.1f s after the cut the old training on %s was ended, %s"
                .formatted(
                        fenced.toMillis() / 1e3,
                        leaving.node(),
                        ended.isPresent() ? "with its node" : "on its return"));
        await(staying, PATIENCE, view -> shard(view).node().equals(Optional.of(alone.node())), "is not adopted");
        Duration adopted = Duration.between(healedAt, Instant.now());
        int meanwhile = shard(view(staying)).step() - stepAtCut;
        progress.accept("%.1f s after the healing %s is adopted; it has made %d steps"
                .formatted(adopted.toMillis() / 1e3, alone.node(), meanwhile));
        for (JobId each : List.of(moving, calm, staying)) {
            JobView over = await(each, TO_THE_END, view -> view.state().isFinal(), "does not end");
            history.add(new Entry.Ended(Instant.now(), each, over.state().name()));
        }
        return new Outcome(moved, fenced, adopted, meanwhile, broken(directory, calm, moving, staying), hosts.about());
    }

    /** What is wrong with either history; for a shard that nobody could take, also that it had a second attempt. */
    private List<String> broken(Path directory, JobId calm, JobId moving, JobId staying)
            throws IOException, InterruptedException, TimeoutException {
        List<String> broken = new ArrayList<>();
        List<TelemetryPoint> right = clients.ask("losses", PATIENCE, () -> false, api -> api.history(calm))
                .value();
        for (Map.Entry<PoolName, JobId> one :
                Map.of(ChaosJob.HERD, moving, WITHOUT, staying).entrySet()) {
            JournalCopy journal = new JournalCopy(
                    world.postgres().database(),
                    one.getKey().value(),
                    directory.resolve("journal-" + one.getKey() + ".txt"));
            journal.follow();
            List<Entry> own = history.read().stream()
                    .filter(entry -> !(entry instanceof Entry.Acknowledged answer)
                            || answer.job().equals(one.getValue()))
                    .filter(entry -> !(entry instanceof Entry.Submitting asked)
                            || asked.key().equals(one.getKey().value()))
                    .filter(entry ->
                            !(entry instanceof Entry.Ended ended) || ended.job().equals(one.getValue()))
                    .toList();
            Checks.all(new StoryReader(world, one.getKey(), Map.of(SPEC, right)).read(own, journal.events()))
                    .values()
                    .stream()
                    .flatMap(List::stream)
                    .filter(Partition::isOver)
                    .forEach(violation -> broken.add(one.getKey() + ": " + violation));
        }
        if (shard(view(staying)).attempts().size() != 1) {
            broken.add(WITHOUT + ": the shard did not stay with its node: "
                    + view(staying).shards());
        }
        return broken;
    }

    /** Its pools still run, and so do their nodes. */
    private static boolean isOver(Violation violation) {
        return !violation.what().contains("still runs");
    }

    /** When it had begun to be healed, or was cut off altogether. */
    private Instant sever(List<Instance> instances, boolean apart) throws IOException, InterruptedException {
        Instant begun = Instant.now();
        int number = 1;
        for (Instance instance : instances) {
            int host = world.hosts()
                    .hostOf(instance.instanceId())
                    .orElseThrow(() -> new IOException(instance.node() + " has no host"));
            for (int scheduler = 0; scheduler < ChaosWorld.SCHEDULERS; scheduler++) {
                if (apart) {
                    world.hosts().cut(host, scheduler);
                } else {
                    world.hosts().join(host, scheduler);
                }
            }
            Instant now = Instant.now();
            history.add(
                    apart
                            ? new Entry.FaultBegan(
                                    now,
                                    number,
                                    new Fault.NodeCut(0, cut),
                                    instance.node().value(),
                                    List.of(instance.node()),
                                    List.of())
                            : new Entry.FaultHealed(now, number));
            number++;
        }
        return apart ? Instant.now() : begun;
    }

    private static PoolSpec pool(PoolName name, List<String> zones, int nodes) {
        return ChaosJob.pool(name, zones, nodes, nodes, LeaseSpec.DEFAULT.length());
    }

    private void put(PoolSpec pool) throws InterruptedException, TimeoutException {
        clients.ask("pool " + pool.name(), PATIENCE, () -> false, api -> {
            api.putPool(pool);
            return true;
        });
    }

    private JobId submit(PoolName pool) throws InterruptedException, TimeoutException {
        String yaml = new SmallJob(world.text(), steps, CHECKPOINT_EVERY).in(pool);
        history.add(new Entry.Submitting(Instant.now(), pool.value(), SPEC));
        Clients.Answered<JobId> answer =
                clients.ask("submission to " + pool, PATIENCE, () -> false, api -> api.submit(yaml, pool.value()));
        history.add(new Entry.Acknowledged(Instant.now(), pool.value(), SPEC, answer.value(), answer.scheduler()));
        return answer.value();
    }

    private void awaitNodes(PoolSpec pool) throws InterruptedException, TimeoutException {
        Deadline deadline = Deadline.in(PATIENCE);
        while (clients.ask("nodes", PATIENCE, () -> false, api -> api.readyNodes(pool))
                        .value()
                        .orElse(0)
                < pool.minNodes()) {
            deadline.pause(() -> "pool " + pool.name() + " gets no spare node");
        }
    }

    private Instance instance(JobId id) throws IOException, InterruptedException, TimeoutException {
        NodeId node = shard(view(id)).node().orElseThrow(() -> new IOException("job " + id + " has no node"));
        return world.running().stream()
                .filter(instance -> instance.node().equals(node))
                .findFirst()
                .orElseThrow(() -> new IOException(node + " has no instance"));
    }

    private Set<NodeProcess> trainers(Instance instance) throws IOException {
        Path parent =
                Objects.requireNonNull(world.instance(instance.instanceId()).getParent());
        return NodeProcess.under(parent).stream()
                .filter(process -> process.trainer() && process.instanceId().equals(instance.instanceId()))
                .collect(Collectors.toSet());
    }

    /** Lets the cut last, and says when the old training was ended meanwhile, if it was. */
    private Optional<Instant> untilHealing(Instant cutAt, Instance instance, Set<NodeProcess> before)
            throws IOException, InterruptedException, TimeoutException {
        Optional<Instant> ended = Optional.empty();
        Deadline end = Deadline.in(cut.plus(PATIENCE));
        while (Duration.between(cutAt, Instant.now()).compareTo(cut) < 0) {
            if (ended.isEmpty() && isEnded(instance, before)) {
                ended = Optional.of(Instant.now());
            }
            end.pause(() -> "the cut takes too long");
        }
        return ended;
    }

    /** Of those that ran before one is gone: the shard's, for no other ends by itself. */
    private boolean isEnded(Instance instance, Set<NodeProcess> before) throws IOException {
        return !trainers(instance).containsAll(before);
    }

    private void awaitEnded(Instance instance, Set<NodeProcess> before)
            throws IOException, InterruptedException, TimeoutException {
        Deadline deadline = Deadline.in(PATIENCE);
        while (!isEnded(instance, before)) {
            deadline.pause(() -> instance.node() + " came back and is not fenced");
        }
    }

    private static void require(boolean holds, String otherwise) throws IOException {
        if (!holds) {
            throw new IOException(otherwise);
        }
    }

    private JobView await(JobId id, Duration patience, Predicate<JobView> condition, String otherwise)
            throws InterruptedException, TimeoutException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            JobView view = view(id);
            if (condition.test(view)) {
                return view;
            }
            if (System.nanoTime() > end) {
                throw new TimeoutException("job " + id + " " + otherwise + ": " + view.shards());
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private JobView view(JobId id) throws InterruptedException, TimeoutException {
        return clients.ask("job " + id, PATIENCE, () -> false, api -> api.job(id))
                .value();
    }

    private static ShardView shard(JobView view) {
        return view.shards().getFirst();
    }

    private static boolean runs(JobView view, int generation) {
        return shard(view).state() == ShardState.RUNNING && shard(view).generation() >= generation;
    }
}
