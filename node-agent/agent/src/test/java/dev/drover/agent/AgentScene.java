package dev.drover.agent;

import dev.drover.agent.fake.FakeMetadata;
import dev.drover.agent.fake.FakeScheduler;
import dev.drover.agent.fake.FullStore;
import dev.drover.agent.fake.TestNode;
import dev.drover.agent.setup.AgentEnvironment;
import dev.drover.agent.shard.ShardLimits;
import dev.drover.agent.shard.ShardProcess;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.ShardTask;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.store.FileObjectStore;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A scheduler, a metadata server, a store and as many agents as the test starts; closing it leaves nothing behind. */
final class AgentScene implements AutoCloseable {
    static final NodeId NODE = new NodeId("node-1");

    private static final ShardLimits LIMITS = new ShardLimits(
            Duration.ofSeconds(30),
            Duration.ofMillis(300),
            Duration.ofSeconds(5),
            Duration.ofMillis(100),
            Duration.ofMillis(200));

    final Path directory;
    final FullStore store;
    final FakeMetadata metadata = new FakeMetadata();
    final FakeScheduler scheduler = new FakeScheduler();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Agent> agents = new ArrayList<>();
    private final Set<Long> childrenBefore = children();

    AgentScene(Path directory) throws IOException {
        this.directory = directory;
        this.store = new FullStore(new FileObjectStore(directory.resolve("store")));
    }

    Agent start() throws IOException {
        return start(NODE.value(), List.of(scheduler.url()));
    }

    Agent start(String node, List<String> schedulers) throws IOException {
        AgentEnvironment environment =
                TestNode.environment(node, directory.resolve(node), store, metadata.address(), schedulers);
        Agent agent = Agent.start(environment, http, LIMITS, ShardProcess::start);
        agents.add(agent);
        return agent;
    }

    void run(Lease lease, ShardTask task, @Nullable CheckpointRef resumeFrom) {
        scheduler.order(NODE, new AgentCommand.Run(lease, task, resumeFrom));
    }

    ShardStatus awaitPhase(Lease lease, ShardStatus.Phase phase) {
        return scheduler.awaitPhase(NODE, lease, phase);
    }

    /** Processes that were started since the scene began and still live. */
    Set<Long> newChildren() {
        Set<Long> now = children();
        now.removeAll(childrenBefore);
        return now;
    }

    private static Set<Long> children() {
        return ProcessHandle.current().descendants().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    @Override
    public void close() {
        agents.forEach(Agent::close);
        scheduler.close();
        metadata.close();
        http.close();
    }
}
