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
import dev.drover.protocol.shard.Assignment;
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
import java.util.function.Function;
import java.util.stream.Stream;
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
    private final Path work;
    private final Path received;
    private final Path restored;
    private final ShardLog log;
    private final AtomicBoolean withdrawn = new AtomicBoolean();
    private Optional<RunningProgram> process = Optional.empty();
    private Optional<PeerEndpoint.Open> endpoint = Optional.empty();

    ShardExecutor(Lease lease, ShardSetup setup, ActorSystem<?> system, ActorRef<ShardCommand> actor) {
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
        Path shards = environment.config().directory().toAbsolutePath().resolve("shards");
        String name = lease.shard().job() + "-" + lease.shard().index() + "-g" + lease.generation();
        this.work = shards.resolve(name);
        this.received = shards.resolve(name + "-received");
        this.restored = shards.resolve(name + "-restored");
        this.log = new ShardLog(lease, environment.store(), environment.clock(), shards.resolve(name + "-log"));
    }

    ShardLog log() {
        return log;
    }

    /** Where the program writes. */
    Path workDirectory() {
        return work;
    }

    /** What the program is told to train. */
    Assignment assignment(ShardTask task) {
        return Program.assignment(lease, task, work);
    }

    /** The shard's process from now on. */
    void own(RunningProgram taken) {
        process = Optional.of(taken);
        log.follow(taken.log());
        log.line("runs process " + taken.pid());
    }

    void send(ToShard message) {
        process.ifPresent(it -> it.send(message));
    }

    void kill() {
        process.ifPresent(RunningProgram::kill);
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
        run(
                () -> {
                    Files.createDirectories(work);
                    RunningProgram process = processes.take(task);
                    if (withdrawn.get()) {
                        process.kill();
                    }
                    return new ShardCommand.Taken(process);
                },
                ShardExecutor::notTaken);
    }

    private static ShardCommand notTaken(Throwable failure) {
        return failure instanceof IOException && !(failure instanceof NoSuchProgramException)
                ? new ShardCommand.TakeTroubled("this node can't start a program and tries again: " + failure)
                : new ShardCommand.NotTaken("can't start the program: " + failure.getMessage());
    }

    void listen() {
        PeerEndpoint.open(
                        system,
                        environment.address(),
                        received,
                        environment.tokens().get())
                .whenComplete((open, failure) -> {
                    if (failure != null) {
                        log.line("takes no state from a peer: " + failure);
                    }
                    actor.tell(new ShardCommand.Listening(Optional.ofNullable(open)));
                });
    }

    void restore(CheckpointRef ref) {
        run(
                () -> new ShardCommand.Restored(Optional.of(restorer.restore(ref, received, restored, log::line))),
                failure -> failure instanceof InvalidCheckpointException
                        ? new ShardCommand.RestoreFailed(ref, String.valueOf(failure.getMessage()))
                        : new ShardCommand.RestoreTroubled(
                                ref,
                                "can't bring step " + ref.step() + " of " + ref.lease()
                                        + " from the store to this node and tries again: " + failure));
    }

    void publish(SaveQueue.Save save, List<StepRecord> steps, Optional<HandoffTarget> target, Instant deadline) {
        Instant begun = environment.clock().instant();
        run(
                () -> {
                    CheckpointRef ref = publisher.publish(new CheckpointPublisher.Order(
                            lease, save.step(), save.directory(), steps, target, deadline, withdrawn::get));
                    Duration took = Duration.between(begun, environment.clock().instant());
                    return new ShardCommand.Published(ref, took.toNanos() / 1e6 + save.writeMillis());
                },
                failure -> new ShardCommand.NotPublished(
                        save.step(),
                        "can't publish the checkpoint at step " + save.step() + ": "
                                + (failure instanceof InvalidCheckpointException ? failure.getMessage() : failure),
                        failure instanceof InvalidCheckpointException));
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
        delete(received);
        delete(restored);
    }

    /** Kills the program; from now on nothing is published. */
    void end() {
        withdrawn.set(true);
        kill();
        closeEndpoint();
    }

    /** Ships the log for the last time and deletes everything local. */
    void clean() {
        run(
                () -> {
                    log.ship();
                    log.delete();
                    return new ShardCommand.Cleaned();
                },
                failure -> new ShardCommand.Cleaned());
    }

    /** Whatever happens, the actor hears of it. What was still at work after the lease's end leaves nothing behind. */
    private void run(Effect effect, Function<Throwable, ShardCommand> failed) {
        environment.blocking().execute(() -> {
            ShardCommand outcome = outcome(effect, failed);
            if (withdrawn.get()) {
                Stream.of(work, received, restored).forEach(LocalFiles::deleteTree);
            }
            actor.tell(outcome);
        });
    }

    private ShardCommand outcome(Effect effect, Function<Throwable, ShardCommand> failed) {
        try {
            return effect.outcome();
        } catch (IOException e) {
            return failed.apply(e);
        } catch (RuntimeException | Error e) {
            LOG.warn("an effect of {} failed", lease, e);
            return failed.apply(e);
        }
    }

    @FunctionalInterface
    private interface Effect {
        ShardCommand outcome() throws IOException;
    }
}
