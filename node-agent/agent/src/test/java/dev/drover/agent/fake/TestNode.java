package dev.drover.agent.fake;

import dev.drover.agent.setup.AgentConfig;
import dev.drover.agent.setup.AgentEnvironment;
import dev.drover.agent.setup.TrainerCommand;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.agent.UserData;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.store.ObjectStore;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** What the tests' nodes are made of. */
public final class TestNode {
    private static final AtomicInteger TOKENS = new AtomicInteger();

    private TestNode() {}

    /** How a real process of the fake trainer is started. */
    public static TrainerCommand trainer() {
        return new TrainerCommand(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FakeTrainer.class.getName()),
                Map.of());
    }

    /** What {@code AgentMain} would find out by itself. */
    public static AgentEnvironment environment(
            String node, Path directory, ObjectStore store, URI metadata, List<String> schedulers) {
        return new AgentEnvironment(
                new AgentConfig(metadata, directory, trainer(), Duration.ofMillis(50), Duration.ofSeconds(2)),
                new UserData(
                        new NodeId(node),
                        new PoolName("pool"),
                        schedulers,
                        "join-token",
                        Optional.empty(),
                        "file:///unused"),
                "incarnation-" + node,
                Optional.empty(),
                "127.0.0.1",
                store,
                InstantSource.system(),
                Executors.newVirtualThreadPerTaskExecutor(),
                () -> "token-" + TOKENS.incrementAndGet(),
                new Random(1));
    }

    /** A task for the fake trainer; {@code more} are further fields of its spec, each with a comma before it. */
    public static ShardTask task(int steps, int every, int stepMillis, String more) {
        return new ShardTask(1, every, 2, null, "{\"steps\":" + steps + ",\"stepMillis\":" + stepMillis + more + "}");
    }

    public static Lease lease(int generation) {
        return Lease.parse("job-a/3@" + generation);
    }
}
