package dev.drover.cloud.local;

import dev.drover.cloud.Instance;
import dev.drover.protocol.money.Money;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances as they run: agents, their metadata servers, and the timers of their ends.
 *
 * <p>What is to happen is in the {@link Memory} before it happens, so that {@link #resume} after a kill at any moment carries on
 * where this left off. Instances outlive {@link #close}.
 */
final class Fleet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);

    private static final Duration END_ALL_MARGIN = Duration.ofSeconds(15);

    private final Path directory;
    private final String bind;
    private final Catalog catalog;
    private final Image image;
    private final Memory memory;
    private final MarketBoard board;
    private final InstantSource clock;
    private final Map<OwnedNode, MetadataServer> metadata = new ConcurrentHashMap<>();
    private final Map<OwnedNode, AgentProcess> agents = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("local-cloud-timers").factory());
    private final ExecutorService effects = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean closed;

    Fleet(LocalCloudSettings settings, Path directory, Memory memory, MarketBoard board, InstantSource clock) {
        this.directory = directory;
        this.bind = settings.bind();
        this.catalog = settings.catalog();
        this.image = settings.image();
        this.memory = memory;
        this.board = board;
        this.clock = clock;
    }

    /** Makes the instance's directory and metadata server, which {@link #launched} needs; returns the server's port. */
    int prepare(OwnedNode node, String instanceId, String userData, long salt) throws IOException {
        Path own = directory(instanceId);
        Files.createDirectories(
                own, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        DurableFile.replace(own.resolve("user-data"), userData.getBytes(StandardCharsets.UTF_8));
        MetadataServer server = MetadataServer.listenAnywhere(bind, salt, subject(node, instanceId, userData));
        metadata.put(node, server);
        return server.port();
    }

    /** Undoes {@link #prepare} for a launch that came to nothing. */
    void discard(OwnedNode node) {
        Optional.ofNullable(metadata.remove(node)).ifPresent(MetadataServer::close);
    }

    /** Starts the agent after the launch delay. */
    void launched(OwnedNode node) {
        after(catalog.launchDelay(), () -> start(node));
    }

    /** Takes up every living instance as an earlier run of the cloud left it. */
    void resume() {
        for (InstanceRecord record : memory.state().living()) {
            try {
                resume(record);
            } catch (IOException | RuntimeException e) {
                LOG.error(
                        "could not take up node {} ({})",
                        record.node(),
                        record.instance().instanceId(),
                        e);
                AgentProcess.sweep(directory(record.instance().instanceId()));
                finish(record.node(), "the cloud was restarted and could not take it up: " + e.getMessage());
            }
        }
    }

    private void resume(InstanceRecord record) throws IOException {
        OwnedNode node = record.node();
        String instanceId = record.instance().instanceId();
        Path own = directory(instanceId);
        Optional<InstanceRecord.AgentPid> started = Optional.ofNullable(record.agent());
        if (started.isEmpty() && record.starts() > 0) {
            started = AgentProcess.claimed(own, record.starts());
        }
        Optional<AgentProcess> found = started.flatMap(pid -> AgentProcess.adopt(own, pid));
        if (found.isEmpty() && (started.isPresent() || record.ending() != null)) {
            AgentProcess.sweep(own);
            finish(node, "the agent's process ended while the cloud was down");
            return;
        }
        String userData = Files.readString(own.resolve("user-data"));
        metadata.put(node, MetadataServer.listen(bind, record.metadataPort(), subject(node, instanceId, userData)));
        if (found.isPresent()) {
            LOG.info("adopted node {} ({}), metadata port {}", node, instanceId, record.metadataPort());
            runs(node, found.get());
        } else if (record.ending() == null) {
            launched(node);
        }
        InstanceRecord.Notice notice = record.notice();
        String ending = record.ending();
        if (ending != null) {
            end(node, ending);
        } else if (notice != null) {
            endAt(node, notice);
        }
    }

    private void start(OwnedNode node) {
        Optional<InstanceRecord> starting =
                memory.change(node, record -> record.lives() && record.ending() == null ? record.starting() : record);
        if (closed
                || starting.isEmpty()
                || !starting.get().lives()
                || starting.get().ending() != null) {
            return;
        }
        InstanceRecord record = starting.get();
        String url = "http://" + bind + ":" + record.metadataPort();
        try {
            runs(node, AgentProcess.start(image, directory(record.instance().instanceId()), record.starts(), url));
        } catch (IOException e) {
            LOG.error("the agent of node {} did not start", node, e);
            finish(node, "the agent's process did not start: " + e.getMessage());
        }
    }

    private void runs(OwnedNode node, AgentProcess agent) {
        agents.put(node, agent);
        InstanceRecord.AgentPid pid = agent.pid(clock.instant());
        Optional<InstanceRecord> running = memory.change(node, record -> record.lives() ? record.running(pid) : record);
        var ignored = agent.exit().thenAcceptAsync(how -> exited(node, agent, how), effects);
        // It may have been told to end between the decision to start it and its start.
        running.map(InstanceRecord::ending).ifPresent(reason -> end(node, reason));
    }

    private void exited(OwnedNode node, AgentProcess agent, String how) {
        guarded(() -> {
            agent.kill();
            finish(node, how);
        });
    }

    /** Ends it with the catalog's grace, in the background. */
    void end(OwnedNode node, String reason) {
        var ignored = end(node, reason, catalog.grace());
    }

    /** Kills it without any grace, in the background. */
    void kill(OwnedNode node, String reason) {
        var ignored = end(node, reason, Duration.ZERO);
    }

    private CompletableFuture<Void> end(OwnedNode node, String reason, Duration grace) {
        Optional<InstanceRecord> ending =
                memory.change(node, record -> record.lives() ? record.ending(reason) : record);
        if (ending.isEmpty() || !ending.get().lives()) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.runAsync(() -> guarded(() -> take(ending.get(), reason, grace)), effects);
    }

    private void take(InstanceRecord record, String reason, Duration grace) {
        AgentProcess agent = agents.get(record.node());
        if (agent != null && grace.isZero()) {
            agent.kill();
        } else if (agent != null) {
            agent.end(grace);
        } else if (record.starts() > 0) {
            // Between its start and the note of it: runs() sees that it is to end.
            return;
        }
        finish(record.node(), reason);
    }

    /** Ends it at the moment of its notice. */
    void endAt(OwnedNode node, InstanceRecord.Notice notice) {
        after(Duration.between(clock.instant(), notice.at()), () -> end(node, notice.reason()));
    }

    private void finish(OwnedNode node, String how) {
        Instant now = clock.instant();
        Optional<Instance> ended = memory.decide(state -> {
            Optional<InstanceRecord> finished = state.find(node)
                    .filter(InstanceRecord::lives)
                    .map(record ->
                            record.ended(now, record.ending() != null ? record.ending() : how, cost(record, now)));
            return new Memory.Change<>(finished.map(state::with).orElse(state), finished.map(InstanceRecord::instance));
        });
        agents.remove(node);
        discard(node);
        ended.ifPresent(last -> LOG.info("node {} ({}) ended: {}", node, last.instanceId(), last.endReason()));
    }

    private Money cost(InstanceRecord record, Instant now) {
        return Billing.cost(
                board,
                record.market(),
                record.instance().launchedAt(),
                now,
                memory.state().prices());
    }

    /** Finishes what ended when the memory could not be written. */
    void reconcile() {
        for (InstanceRecord record : memory.state().living()) {
            AgentProcess agent = agents.get(record.node());
            if (agent != null && agent.exit().isDone()) {
                exited(record.node(), agent, agent.exit().join());
            }
        }
    }

    /**
     * Ends every instance and waits until nothing of them runs.
     *
     * @throws IllegalStateException naming those that still live after the grace and some seconds
     */
    void endAll(String reason) {
        Instant limit = clock.instant().plus(catalog.grace()).plus(END_ALL_MARGIN);
        while (!memory.state().living().isEmpty()) {
            if (clock.instant().isAfter(limit)) {
                throw new IllegalStateException("nodes "
                        + memory.state().living().stream()
                                .map(InstanceRecord::node)
                                .toList() + " did not end");
            }
            // Again while any lives: one that was just starting shows itself a little later.
            CompletableFuture.allOf(memory.state().living().stream()
                            .map(record -> end(record.node(), reason, catalog.grace()))
                            .toArray(CompletableFuture[]::new))
                    .completeOnTimeout(null, 1, TimeUnit.SECONDS)
                    .join();
        }
    }

    /** Runs {@code task} again and again, {@code period} apart. */
    void every(Duration period, Runnable task) {
        var ignored = timers.scheduleWithFixedDelay(
                () -> guarded(task), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void after(Duration delay, Runnable task) {
        var ignored = timers.schedule(
                () -> effects.execute(() -> guarded(task)), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
    }

    private void guarded(Runnable task) {
        try {
            if (!closed) {
                task.run();
            }
        } catch (UncheckedIOException | IllegalStateException e) {
            LOG.error("a task of the local cloud failed", e);
        }
    }

    private MetadataServer.Subject subject(OwnedNode node, String instanceId, String userData) {
        return new MetadataServer.Subject(
                () -> memory.state()
                        .find(node)
                        .orElseThrow(() -> new IllegalStateException("node " + node + " is not recorded yet")),
                userData,
                new MetadataTokens(memory.state().metadataSecret(), instanceId),
                clock);
    }

    private Path directory(String instanceId) {
        return directory.resolve("instances").resolve(instanceId);
    }

    /** Stops serving; the agents live on and are found again by {@link #resume}. */
    @Override
    public void close() {
        closed = true;
        timers.shutdownNow();
        metadata.values().forEach(MetadataServer::close);
    }
}
