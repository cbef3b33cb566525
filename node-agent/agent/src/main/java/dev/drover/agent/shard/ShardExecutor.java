package dev.drover.agent.shard;

import dev.drover.agent.checkpoint.CheckpointPruneExecutor;
import dev.drover.agent.checkpoint.CheckpointPublisher;
import dev.drover.agent.checkpoint.CheckpointRestorer;
import dev.drover.agent.checkpoint.LocalFiles;
import dev.drover.agent.peer.PeerEndpoint;
import dev.drover.agent.peer.PeerPush;
import dev.drover.agent.setup.AgentEnvironment;
import dev.drover.protocol.agent.HandoffTarget;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.checkpoint.InvalidCheckpointException;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.shard.StepRecord;
import dev.drover.protocol.shard.ToShard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what a shard's actor decided: what waits for disks and networks off its thread, telling it what became of it.
 *
 * <p>Called by that actor only.
 */
final class ShardExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(ShardExecutor.class);

    private final Lease lease;
    private final AgentEnvironment environment;
    private final WarmPool processes;
    private final CheckpointPublisher publisher;
    private final CheckpointRestorer restorer;
    private final CheckpointPruneExecutor pruner;
    private final ActorSystem<?> system;
    private final ActorRef<ShardCommand> actor;
    private final Path directory;
    private final ShardLog log;
    private final AtomicBoolean withdrawn = new AtomicBoolean();
    private Optional<ShardProcess> process = Optional.empty();
    private Optional<PeerEndpoint.Open> endpoint = Optional.empty();

    ShardExecutor(Lease lease, ShardSetup setup, ActorSystem<?> system, ActorRef<ShardCommand> actor)
            throws IOException {
        this.lease = lease;
        this.environment = setup.environment();
        this.processes = setup.processes();
        this.system = system;
        this.actor = actor;
        this.publisher = new CheckpointPublisher(
                environment.store(),
                environment.clock(),
                new PeerPush(setup.http(), environment.clock()),
                environment.blocking());
        this.restorer = new CheckpointRestorer(environment.store());
        this.pruner = new CheckpointPruneExecutor(environment.store());
        this.directory = environment
                .config()
                .directory()
                .toAbsolutePath()
                .resolve("shards")
                .resolve(lease.shard().job() + "-" + lease.shard().index() + "-g" + lease.generation());
        Files.createDirectories(workDirectory());
        this.log = new ShardLog(lease, environment.store(), environment.clock(), directory.resolve("log-to-ship"));
    }

    ShardLog log() {
        return log;
    }

    /** Where the program writes. */
    Path workDirectory() {
        return directory.resolve("work");
    }

    private Path received() {
        return directory.resolve("received");
    }

    private Path restored() {
        return directory.resolve("restored");
    }

    /** The shard's process from now on. */
    void own(ShardProcess taken) {
        process = Optional.of(taken);
        log.follow(taken.log());
        log.line("runs process " + taken.pid());
    }

    void send(ToShard message) {
        process.ifPresent(it -> it.send(message));
    }

    void kill() {
        process.ifPresent(ShardProcess::kill);
    }

    /** Where the predecessor may push from now on, if the endpoint could be opened. */
    void own(Optional<PeerEndpoint.Open> opened) {
        endpoint = opened;
    }

    Optional<HandoffTarget> target() {
        return endpoint.map(PeerEndpoint.Open::target);
    }

    void closeEndpoint() {
        endpoint.ifPresent(PeerEndpoint.Open::close);
        endpoint = Optional.empty();
    }

    void take(ShardTask task) {
        run(() -> {
            try {
                ShardProcess process = processes.take(task);
                if (withdrawn.get()) {
                    process.kill();
                }
                return new ShardCommand.Taken(process);
            } catch (IOException | RuntimeException e) {
                return new ShardCommand.NotTaken("can't start the program: " + e.getMessage());
            }
        });
    }

    void listen() {
        PeerEndpoint.open(
                        system,
                        environment.address(),
                        received(),
                        environment.tokens().get())
                .whenComplete((open, failure) -> {
                    if (failure != null) {
                        log.line("takes no state from a peer: " + failure);
                    }
                    actor.tell(new ShardCommand.Listening(Optional.ofNullable(open)));
                });
    }

    void restore(CheckpointRef ref) {
        run(() -> {
            try {
                Path at = restorer.restore(ref, received(), restored(), log::line);
                return new ShardCommand.Restored(Optional.of(at));
            } catch (InvalidCheckpointException e) {
                return new ShardCommand.RestoreFailed(ref, String.valueOf(e.getMessage()));
            } catch (IOException | RuntimeException e) {
                return new ShardCommand.RestoreTroubled(
                        ref,
                        "can't read step " + ref.step() + " of " + ref.lease() + " from the store and tries again: "
                                + e);
            }
        });
    }

    void publish(SaveQueue.Save save, List<StepRecord> steps, Optional<HandoffTarget> target, Instant deadline) {
        run(() -> {
            Instant begun = environment.clock().instant();
            try {
                CheckpointRef ref = publisher.publish(new CheckpointPublisher.Order(
                        lease, save.step(), save.directory(), steps, target, deadline, withdrawn::get));
                double millis =
                        Duration.between(begun, environment.clock().instant()).toNanos() / 1e6;
                return new ShardCommand.Published(ref, millis + save.writeMillis());
            } catch (IOException | RuntimeException e) {
                return new ShardCommand.NotPublished(
                        save.step(), "can't publish the checkpoint at step " + save.step() + ": " + e);
            }
        });
    }

    void prune(int kept) {
        environment.blocking().execute(() -> {
            try {
                pruner.prune(lease, kept);
            } catch (IOException e) {
                LOG.warn("can't prune the checkpoints of {}: {}", lease, e.toString());
            }
        });
    }

    void shipLog() {
        environment.blocking().execute(log::ship);
    }

    void delete(Path savedDirectory) {
        environment.blocking().execute(() -> LocalFiles.deleteTree(savedDirectory));
    }

    /** Nothing restored or received is needed any more. */
    void deleteRestored() {
        delete(received());
        delete(restored());
    }

    /** From now on nothing is published. */
    void withdraw() {
        withdrawn.set(true);
    }

    /** Ships the log for the last time and deletes everything local. */
    void clean() {
        run(() -> {
            log.ship();
            LocalFiles.deleteTree(directory);
            return new ShardCommand.Cleaned();
        });
    }

    private void run(Effect effect) {
        environment.blocking().execute(() -> actor.tell(effect.outcome()));
    }

    @FunctionalInterface
    private interface Effect {
        ShardCommand outcome();
    }
}
