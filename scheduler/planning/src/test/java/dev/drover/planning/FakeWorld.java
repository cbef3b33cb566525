package dev.drover.planning;

import dev.drover.planning.input.Effort;
import dev.drover.planning.input.Input;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Refusal;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * All that is outside a pool, on the script's clock: a provider with a capacity per market, obedient agents, a store. One
 * {@link #second()} at a time; a launch takes 3 s, an agent joins 3 s later, everything else answers within the second after.
 */
final class FakeWorld {
    private static final int LAUNCH_SECONDS = 3;

    /** What arrives later. */
    private record Later(Instant at, Input input) {}

    /** An instance and when its agent is up. */
    private record Instance(Market market, Instant bootedAt, FakeAgent agent) {}

    final PoolScript pool;
    final Set<NodeId> unreachable = new HashSet<>();

    /** Nodes that take every checkpoint for invalid. */
    final Set<NodeId> blind = new HashSet<>();

    /** Nodes that can't reach the store. */
    final Set<NodeId> cutOff = new HashSet<>();

    /** What is told to stop there never does. */
    final Set<NodeId> stuck = new HashSet<>();

    /** From an instance's launch to its agent's first word. */
    int bootSeconds = 3;

    /** Nobody can reach the store. */
    boolean storeAway;

    /** Every call to the provider fails. */
    boolean cloudAway;

    /** Nothing can be archived. */
    boolean readModelAway;

    final Map<Market, Integer> capacity = new TreeMap<>();
    final List<Intent> handedOut = new ArrayList<>();
    private final List<Offer> offers;
    private final Network network;
    private final Map<NodeId, Instance> instances = new TreeMap<>();
    private final Map<NodeId, Instant> endsAt = new TreeMap<>();
    private final Map<ShardId, List<CheckpointRef>> store = new HashMap<>();
    private final Set<CheckpointRef> corrupted = new HashSet<>();
    private final Map<ShardId, Integer> failures = new HashMap<>();
    private final Set<NodeId> launching = new HashSet<>();
    private final Set<NodeId> mute = new HashSet<>();
    private List<Later> later = new ArrayList<>();
    private int steps = 40;
    private boolean booting = true;

    /** What the way between the world and the pool does to what is sent. */
    interface Network {
        /** When each copy of the input arrives, in seconds from now; none if it is lost. */
        List<Integer> delays(Input input);

        boolean loses(AgentCommand command);
    }

    /** Everything arrives once, at once. */
    static final class PerfectNetwork implements Network {
        @Override
        public List<Integer> delays(Input input) {
            return List.of(0);
        }

        @Override
        public boolean loses(AgentCommand command) {
            return false;
        }
    }

    FakeWorld(PoolSpec spec, List<Offer> offers, Network network) {
        this(spec, offers, network, new PoolDecider());
    }

    FakeWorld(PoolSpec spec, List<Offer> offers, Network network, PoolDecider decider) {
        this.pool = new PoolScript(decider);
        this.offers = offers;
        this.network = network;
        offers.forEach(offer -> capacity.put(offer.market(), 100));
        ask(new PoolCommand.ConfigurePool(spec));
        give(new Input.OffersSeen(offers));
    }

    static FakeWorld of(PoolSpec spec, int cpus) {
        return new FakeWorld(spec, Specs.offers(cpus), new PerfectNetwork());
    }

    // What a script does.

    PoolReply ask(PoolCommand command) {
        Decision decision = give(new Input.Asked(command));
        return decision.reply().orElseThrow();
    }

    void submit(JobId job, JobSpec spec) {
        ask(new PoolCommand.SubmitJob(job, spec, "ann"));
    }

    JobView show(JobId job) {
        return ((PoolReply.Job) ask(new PoolCommand.ShowJob(job))).job();
    }

    void steps(int total) {
        steps = total;
    }

    int steps() {
        return steps;
    }

    /** No agent of a new instance will come up. */
    void bootNothing() {
        booting = false;
    }

    void evict(NodeId node, EvictionNotice notice) {
        endsAt.put(node, notice.endsAt());
        Optional.ofNullable(instances.get(node)).ifPresent(instance -> instance.agent.notice(notice));
    }

    void notice(NodeId node, Duration time) {
        evict(
                node,
                new EvictionNotice(
                        EvictionNotice.Source.AWS_METADATA, pool.now().plus(time)));
    }

    /** The instance dies; the provider tells, a second later. */
    void kill(NodeId node) {
        if (instances.remove(node) != null) {
            post(1, new Input.InstanceEnded(node, "InstanceTerminated"));
        }
    }

    /** The instance dies and nobody tells; only asking the provider shows it. */
    void killSilently(NodeId node) {
        instances.remove(node);
    }

    void corrupt(CheckpointRef ref) {
        corrupted.add(ref);
    }

    boolean isCorrupted(CheckpointRef ref) {
        return corrupted.contains(ref);
    }

    void failNext(ShardId shard, int times) {
        failures.put(shard, times);
    }

    boolean fails(ShardId shard, int step) {
        int left = failures.getOrDefault(shard, 0);
        if (left > 0 && step > 0 && step % 5 == 0) {
            failures.put(shard, left - 1);
            return true;
        }
        return false;
    }

    void publish(CheckpointRef ref) {
        store.computeIfAbsent(ref.lease().shard(), key -> new ArrayList<>()).add(ref);
    }

    List<CheckpointRef> published(ShardId shard) {
        return store.getOrDefault(shard, List.of());
    }

    FakeAgent agent(NodeId node) {
        return Optional.ofNullable(instances.get(node)).orElseThrow().agent;
    }

    Set<NodeId> instances() {
        return Set.copyOf(instances.keySet());
    }

    long trainers(Lease lease) {
        return instances.values().stream()
                .filter(instance -> instance.agent.trains(lease))
                .count();
    }

    void restartController() {
        later = new ArrayList<>(later.stream()
                .filter(message -> !(message.input instanceof Input.StatusReported))
                .toList());
        launching.clear();
        pool.restart().forEach(this::perform);
        give(new Input.OffersSeen(offers));
    }

    // Time.

    /** Passes seconds until the condition holds, and says how many; fails after {@code limit}. */
    int until(int limit, BooleanSupplier condition) {
        for (int i = 0; i < limit; i++) {
            if (condition.getAsBoolean()) {
                return i;
            }
            second();
        }
        throw new AssertionError("not within " + limit + " s:\n" + pool.timeline(PoolScript.START) + pool.state());
    }

    void seconds(int count) {
        for (int i = 0; i < count; i++) {
            second();
        }
    }

    void second() {
        pool.pass(Duration.ofSeconds(1));
        Instant now = pool.now();
        endsAt.entrySet().removeIf(end -> {
            boolean due = !now.isBefore(end.getValue());
            if (due) {
                kill(end.getKey());
            }
            return due;
        });
        List<Later> due =
                later.stream().filter(message -> !now.isBefore(message.at)).toList();
        later = new ArrayList<>(
                later.stream().filter(message -> now.isBefore(message.at)).toList());
        due.forEach(message -> give(message.input));
        Map.copyOf(instances).entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> live(entry.getKey(), entry.getValue(), now));
        give(new Input.Tick());
    }

    private void live(NodeId node, Instance instance, Instant now) {
        if (now.isBefore(instance.bootedAt) || mute.contains(node)) {
            return;
        }
        instance.agent.work();
        if (!unreachable.contains(node)) {
            send(new Input.StatusReported(instance.agent.status()));
        }
    }

    // The way to the pool and back.

    private void send(Input input) {
        for (int delay : network.delays(input)) {
            if (delay == 0) {
                give(input);
            } else {
                post(delay, input);
            }
        }
    }

    private void post(int seconds, Input input) {
        later.add(new Later(pool.now().plusSeconds(seconds), input));
    }

    Decision give(Input input) {
        Decision decision = pool.when(input);
        decision.intents().forEach(this::perform);
        return decision;
    }

    private void perform(Intent intent) {
        handedOut.add(intent);
        switch (intent) {
            case Intent.LaunchNode(NodeId node, List<Market> markets) -> {
                if (isCloudThere(node)) {
                    launch(node, markets);
                }
            }
            case Intent.TerminateNode(NodeId node) -> {
                if (isCloudThere(node)) {
                    instances.remove(node);
                    post(1, new Input.InstanceEnded(node, "terminated"));
                }
            }
            case Intent.KillNode(NodeId node) -> kill(node);
            case Intent.ProbeNode(NodeId node) -> {
                if (isCloudThere(node) && !instances.containsKey(node)) {
                    post(1, new Input.InstanceEnded(node, "not found"));
                }
            }
            case Intent.TellAgent(NodeId node, AgentCommand command) -> {
                Instance instance = instances.get(node);
                if (instance != null && !unreachable.contains(node) && !network.loses(command)) {
                    instance.agent.obey(command, pool.now());
                }
            }
            case Intent.ReadCheckpoints read -> post(1, answer(read));
            case Intent.Archive(JobView job) ->
                post(
                        1,
                        readModelAway
                                ? new Input.Failed(new Effort.Archiving(job.id()), "the read model is away")
                                : new Input.Archived(job.id()));
        }
    }

    private boolean isCloudThere(NodeId node) {
        if (cloudAway) {
            post(1, new Input.Failed(new Effort.Instance(node), "503 from the provider"));
        }
        return !cloudAway;
    }

    private Input answer(Intent.ReadCheckpoints read) {
        if (storeAway) {
            return new Input.Failed(new Effort.CheckpointRead(read.shard()), "the store is away");
        }
        List<CheckpointRef> published = published(read.shard()).stream()
                .filter(ref -> ref.lease().generation() <= read.generation())
                .toList();
        Optional<String> flaw = read.doubted().filter(corrupted::contains).map(ref -> "a file is altered");
        return new Input.CheckpointsRead(read.shard(), read.generation(), read.since(), published, List.of(), flaw);
    }

    private void launch(NodeId node, List<Market> markets) {
        if (instances.containsKey(node) || !launching.add(node)) {
            return;
        }
        List<Refusal> refusals = new ArrayList<>();
        for (Market market : markets) {
            long used = instances.values().stream()
                    .filter(instance -> instance.market.equals(market))
                    .count();
            if (used < capacity.getOrDefault(market, 0)) {
                obtain(node, market, refusals);
                return;
            }
            refusals.add(new Refusal(market, Refusal.Kind.NO_CAPACITY, "InsufficientCapacity", "none"));
        }
        post(1, new Input.LaunchRefused(node, refusals));
    }

    private void obtain(NodeId node, Market market, List<Refusal> refusals) {
        Offer offer = offers.stream()
                .filter(known -> known.market().equals(market))
                .findFirst()
                .orElseThrow();
        Instant bootedAt = pool.now().plusSeconds(LAUNCH_SECONDS + bootSeconds);
        instances.put(node, new Instance(market, bootedAt, new FakeAgent(node, this)));
        if (!booting) {
            mute.add(node);
        }
        post(
                LAUNCH_SECONDS,
                new Input.Launched(node, "i-" + node, market, offer.pricePerHour(), offer.resources(), refusals));
    }

    PoolState state() {
        return pool.state();
    }
}
