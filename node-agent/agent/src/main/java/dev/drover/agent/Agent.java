package dev.drover.agent;

import com.typesafe.config.ConfigFactory;
import dev.drover.agent.checkpoint.LocalFiles;
import dev.drover.agent.eviction.EvictionWatch;
import dev.drover.agent.setup.AgentEnvironment;
import dev.drover.agent.shard.RunningProgram;
import dev.drover.agent.shard.ShardLimits;
import dev.drover.agent.shard.ShardProcess;
import dev.drover.protocol.id.Release;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;

/** A running agent. Several may run in one JVM, each with its own directory. */
public final class Agent implements AutoCloseable {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

    private final ActorSystem<NodeCommand> system;
    private final EvictionWatch watch;
    private final CompletableFuture<Void> ended;

    private Agent(ActorSystem<NodeCommand> system, EvictionWatch watch, DirectoryLock lock) {
        this.system = system;
        this.watch = watch;
        this.ended = system.getWhenTerminated().toCompletableFuture().thenAccept(ignored -> {
            watch.close();
            lock.close();
        });
    }

    /**
     * Starts an agent: whatever an earlier one left in its directory is deleted first.
     *
     * @throws IOException when another agent runs there, or the directory can't be used
     */
    public static Agent start(AgentEnvironment environment, HttpClient http) throws IOException {
        return start(environment, http, ShardProcess::start);
    }

    /** As the other, but its shards' programs are started by {@code starter}, and need be no processes. */
    public static Agent start(AgentEnvironment environment, HttpClient http, RunningProgram.Starter starter)
            throws IOException {
        return start(environment, http, ShardLimits.DEFAULT, starter);
    }

    static Agent start(
            AgentEnvironment environment, HttpClient http, ShardLimits limits, RunningProgram.Starter starter)
            throws IOException {
        Path directory = environment.config().directory();
        Files.createDirectories(directory);
        DirectoryLock lock = DirectoryLock.take(directory);
        LocalFiles.deleteTree(directory.resolve("shards"));
        LocalFiles.deleteTree(directory.resolve("logs"));
        ActorSystem<NodeCommand> system = ActorSystem.create(
                NodeActor.create(environment, http, limits, starter, Release.VERSION),
                "agent",
                ConfigFactory.parseResources(Agent.class.getClassLoader(), "agent.conf")
                        .withFallback(ConfigFactory.load()));
        EvictionWatch watch = EvictionWatch.start(
                http,
                environment.config().metadata(),
                environment.config().evictionPoll(),
                notice -> system.tell(new NodeCommand.Noticed(notice)),
                since -> system.tell(new NodeCommand.Signalled(since)));
        return new Agent(system, watch, lock);
    }

    /** Completes when the agent has ended and its processes with it. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /** What SIGTERM does: saves what runs within the grace, then ends. Returns at once. */
    public void terminate() {
        system.tell(new NodeCommand.Terminate());
    }

    /** Ends it without saving, and waits for that. */
    @Override
    public void close() {
        watch.close();
        system.terminate();
        try {
            ended.get(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the agent did not end within " + CLOSE_WITHIN, e);
        }
    }
}
