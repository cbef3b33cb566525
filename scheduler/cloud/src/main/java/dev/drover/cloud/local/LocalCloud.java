package dev.drover.cloud.local;

import dev.drover.cloud.Instance;
import dev.drover.cloud.InstanceState;
import dev.drover.cloud.LaunchRequest;
import dev.drover.cloud.LaunchResult;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.money.Money;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The local cloud itself: what {@link LocalCloudServer} serves.
 *
 * <p>Whatever was answered is remembered across a kill. One process at a time owns a directory. Instances are agent processes
 * of this machine; they outlive {@link #close} and a kill, and end with {@link #endAll}.
 */
public final class LocalCloud implements AutoCloseable {
    private static final long FIRST_SEED = 1;

    private final Catalog catalog;
    private final Memory memory;
    private final MarketBoard board;
    private final LaunchDecider launches;
    private final EvictionDecider evictions;
    private final Fleet fleet;
    private final InstantSource clock;
    private final DirectoryLock lock;
    private volatile boolean ending;

    private LocalCloud(
            LocalCloudSettings settings, Path directory, Memory memory, InstantSource clock, DirectoryLock lock)
            throws IOException {
        CloudState state = memory.state();
        this.catalog = settings.catalog();
        this.memory = memory;
        this.clock = clock;
        this.lock = lock;
        this.board = MarketBoard.read(catalog, state.seed(), state.epoch(), settings.base());
        this.launches = new LaunchDecider(catalog, board);
        this.evictions = new EvictionDecider(board);
        this.fleet = new Fleet(settings, directory, memory, board, clock);
    }

    /**
     * Opens the directory, makes it if it is not there, and takes up the instances that still live.
     *
     * @throws IOException if another process owns the directory, or its memory can't be read
     * @throws IllegalArgumentException if the directory was begun with another seed
     */
    public static LocalCloud open(LocalCloudSettings settings, InstantSource clock) throws IOException {
        Files.createDirectories(
                settings.directory(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        // Instances are recognised by this path: it has to be the same however the directory was named.
        Path directory = settings.directory().toRealPath();
        DirectoryLock lock = DirectoryLock.take(directory);
        try {
            LocalCloud cloud =
                    new LocalCloud(settings, directory, remembered(settings, directory, clock.instant()), clock, lock);
            cloud.fleet.resume();
            cloud.fleet.every(cloud.catalog.tick(), cloud::tick);
            return cloud;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static Memory remembered(LocalCloudSettings settings, Path directory, Instant now) throws IOException {
        StateFile file = new StateFile(directory);
        Optional<CloudState> known = file.load();
        if (known.isPresent()) {
            long seed = known.get().seed();
            if (settings.seed().isPresent() && settings.seed().getAsLong() != seed) {
                throw new IllegalArgumentException("seed: " + settings.seed().getAsLong()
                        + " is not allowed: the cloud in " + directory + " was begun with seed " + seed
                        + "; use that one, or another directory");
            }
            return new Memory(file, known.get());
        }
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        CloudState begun = CloudState.begin(
                settings.seed().orElse(FIRST_SEED), now, HexFormat.of().formatHex(secret));
        file.save(begun);
        return new Memory(file, begun);
    }

    List<Offer> offers() {
        Instant now = clock.instant();
        return catalog.markets().stream()
                .map(market -> new Offer(
                        market,
                        board.price(market, now, memory.state().prices()),
                        catalog.type(market.instanceType()).orElseThrow().resources()))
                .toList();
    }

    LaunchResult launch(LaunchRequest request) {
        boolean[] isNew = {false};
        LaunchResult result;
        try {
            result = memory.decide(state -> launch(state, request, isNew));
        } catch (UncheckedIOException e) {
            if (memory.state().find(OwnedNode.of(request)).isEmpty()) {
                fleet.discard(OwnedNode.of(request));
            }
            throw e;
        }
        if (isNew[0]) {
            fleet.launched(OwnedNode.of(request));
        }
        return result;
    }

    private Memory.Change<LaunchResult> launch(CloudState state, LaunchRequest request, boolean[] isNew)
            throws IOException {
        Optional<InstanceRecord> earlier = state.find(OwnedNode.of(request));
        if (earlier.isPresent()) {
            InstanceRecord record = earlier.get();
            return new Memory.Change<>(state, new LaunchResult.Launched(record.instance(), record.refusals()));
        }
        if (ending) {
            throw new Problem(503, "the local cloud is being stopped; it launches nothing any more");
        }
        Instant now = clock.instant();
        LaunchDecider.Decision decision = launches.decide(state, request.markets(), now);
        if (decision.market().isEmpty()) {
            return new Memory.Change<>(state, new LaunchResult.Refused(decision.refusals()));
        }
        Instance instance = instance(state, request, decision.market().get(), now);
        long salt = state.seed() + now.toEpochMilli() + state.launches();
        int port = fleet.prepare(OwnedNode.of(request), instance.instanceId(), request.userData(), salt);
        InstanceRecord record =
                new InstanceRecord(instance, decision.refusals(), port, 0, null, null, null, null, null);
        isNew[0] = true;
        return new Memory.Change<>(state.launched(record), new LaunchResult.Launched(instance, decision.refusals()));
    }

    private Instance instance(CloudState state, LaunchRequest request, Market market, Instant now) {
        long number = SeededSeries.mix(SeededSeries.seedFor(state.seed(), "instance") ^ state.launches());
        return new Instance(
                request.node(),
                "i-0" + HexFormat.of().toHexDigits(number),
                market,
                board.price(market, now, state.prices()),
                request.owner(),
                request.tags(),
                InstanceState.PENDING,
                now,
                null,
                null);
    }

    void terminate(OwnedNode node) {
        fleet.end(node, "terminated by its owner");
    }

    List<Instance> instances(String owner) {
        return instances().stream()
                .filter(instance -> instance.owner().equals(owner))
                .toList();
    }

    /** Of every owner. */
    List<Instance> instances() {
        return memory.state().instances().stream().map(InstanceRecord::instance).toList();
    }

    Optional<Instance> instance(OwnedNode node) {
        return memory.state().find(node).map(InstanceRecord::instance);
    }

    /**
     * Takes an instance away.
     *
     * @param notice empty to kill it at once
     * @throws Problem 404 for an unknown node, 409 for one that ended
     */
    Instance evict(OwnedNode node, Optional<Duration> notice) {
        InstanceRecord record = living(node);
        if (notice.isEmpty()) {
            fleet.kill(node, "killed by a drill, without notice");
        } else {
            Instant at = clock.instant().plus(notice.get());
            give(node, new InstanceRecord.Notice(at, "evicted by a drill"));
        }
        return record.instance();
    }

    /**
     * Begins or ends to say of an instance that it is more likely than others to be taken. One that says so already goes on.
     *
     * @throws Problem 404 for an unknown node, 409 for one that ended
     */
    Instance signalRebalance(OwnedNode node, boolean signalled) {
        living(node);
        Instant now = clock.instant();
        return memory.change(node, record -> {
                    Instant since = record.rebalanceSince();
                    return record.signalled(signalled ? since == null ? now : since : null);
                })
                .map(InstanceRecord::instance)
                .orElseThrow(() -> unknown(node.node()));
    }

    /**
     * The node of this name, whoever owns it.
     *
     * @throws Problem 404 if there is none, 409 if several owners have one
     */
    OwnedNode only(NodeId node) {
        List<OwnedNode> named = memory.state().instances().stream()
                .map(InstanceRecord::node)
                .filter(owned -> owned.node().equals(node))
                .toList();
        if (named.size() > 1) {
            throw new Problem(409, "several owners have a node '" + node + "': " + named + "; add ?owner=TAG");
        }
        return named.stream().findFirst().orElseThrow(() -> unknown(node));
    }

    private InstanceRecord living(OwnedNode node) {
        InstanceRecord record = memory.state().find(node).orElseThrow(() -> unknown(node.node()));
        if (!record.lives()) {
            throw new Problem(
                    409,
                    "node '" + node + "' ended already: " + record.instance().endReason());
        }
        return record;
    }

    private static Problem unknown(NodeId node) {
        return new Problem(404, "node '" + node + "' is not known to the local cloud");
    }

    void setCapacity(CapacityOverride override) {
        memory.decide(state -> new Memory.Change<>(state.bounded(override), true));
        tick();
    }

    void clearCapacity(MarketFilter markets) {
        memory.decide(state -> new Memory.Change<>(state.unbounded(markets), true));
    }

    void setPrice(MarketFilter markets, Money pricePerHour) {
        memory.decide(state -> new Memory.Change<>(
                state.priced(new PriceOverride(markets, pricePerHour, clock.instant(), null)), true));
    }

    void clearPrice(MarketFilter markets) {
        memory.decide(state -> new Memory.Change<>(state.unpriced(markets, clock.instant()), true));
    }

    Billing billing() {
        return Billing.of(memory.state(), board, clock.instant());
    }

    CloudState state() {
        return memory.state();
    }

    /** Compares what runs with what there is room for now. */
    void tick() {
        fleet.reconcile();
        Instant now = clock.instant();
        List<EvictionDecider.Eviction> decided = memory.decide(state -> {
            CloudState remaining = state.forgetting(catalog.remember(), now);
            return new Memory.Change<>(remaining, evictions.decide(remaining, now));
        });
        decided.forEach(eviction -> give(eviction.node(), eviction.notice()));
    }

    /** An earlier end wins over a later one. */
    private void give(OwnedNode node, InstanceRecord.Notice notice) {
        Optional<InstanceRecord> noticed = memory.change(node, record -> {
            InstanceRecord.Notice known = record.notice();
            boolean sooner = known == null || notice.at().isBefore(known.at());
            return record.lives() && sooner ? record.noticed(notice) : record;
        });
        if (noticed.isPresent()
                && noticed.get().lives()
                && notice.equals(noticed.get().notice())) {
            fleet.endAt(node, notice);
        }
    }

    /** Ends every instance and waits until nothing of them runs. */
    public void endAll() {
        ending = true;
        fleet.endAll("the local cloud was stopped");
    }

    /** Stops serving and frees the directory. Instances live on, and the next to open the directory takes them up. */
    @Override
    public void close() throws IOException {
        fleet.close();
        lock.close();
    }
}
