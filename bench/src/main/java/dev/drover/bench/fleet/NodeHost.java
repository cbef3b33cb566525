package dev.drover.bench.fleet;

import dev.drover.agent.Agent;
import dev.drover.agent.InstanceEnvironment;
import dev.drover.agent.setup.AgentConfig;
import dev.drover.agent.shard.Program;
import dev.drover.agent.shard.RunningProgram;
import dev.drover.agent.shard.ShardProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that is the machine of many agents: {@code SOCKET TRAINER_FILE EVICTION_POLL}.
 *
 * <p>Each connection to the socket is an instance (instance.c), which says its metadata address and its directory. It gets an agent as
 * {@code AgentMain} would start it, with an actor system and a connection of its own. {@code terminate} is the instance's SIGTERM. When the connection closes
 * the instance was killed: the agent is closed without saving, and its processes are killed with it. When the agent ends by itself, the connection is closed.
 */
public final class NodeHost {
    private static final Logger LOG = LoggerFactory.getLogger(NodeHost.class);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final String trainer;
    private final String evictionPoll;

    private NodeHost(String trainer, String evictionPoll) {
        this.trainer = trainer;
        this.evictionPoll = evictionPoll;
    }

    public static void main(String[] arguments) throws IOException {
        NodeHost host = new NodeHost(arguments[1], arguments[2]);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(Path.of(arguments[0])), 1024);
            while (true) {
                SocketChannel instance = server.accept();
                // No virtual thread: many that load the same classes hold all carriers, and wait for ever.
                Thread.ofPlatform().name("instance").start(() -> host.serve(instance));
            }
        }
    }

    private void serve(SocketChannel instance) {
        try (instance;
                BufferedReader lines = new BufferedReader(Channels.newReader(instance, StandardCharsets.UTF_8))) {
            AgentConfig config = AgentConfig.of(Map.of(
                    "DROVER_METADATA_URL",
                    lines.readLine(),
                    "DROVER_INSTANCE_DIR",
                    lines.readLine(),
                    "DROVER_TRAINER",
                    trainer,
                    "DROVER_EVICTION_POLL",
                    evictionPoll));
            try (Agent agent = Agent.start(InstanceEnvironment.read(config, http), http, NodeHost::start)) {
                var ignored = agent.ended().thenRun(() -> close(instance));
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    agent.terminate();
                }
            }
        } catch (IOException e) {
            LOG.debug("an instance's connection ended: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static RunningProgram start(Program program, Path log) throws IOException {
        return InsideProgram.isNamedBy(program) ? InsideProgram.start(program, log) : ShardProcess.start(program, log);
    }

    private static void close(SocketChannel instance) {
        try {
            instance.close();
        } catch (IOException e) {
            LOG.debug("an instance's connection could not be closed: {}", e.toString());
        }
    }
}
