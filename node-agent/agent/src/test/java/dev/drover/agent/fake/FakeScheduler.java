package dev.drover.agent.fake;

import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.AgentWire;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.pool.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.ConnectionContext;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.ServerBuilder;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.ws.BinaryMessage;
import org.apache.pekko.http.javadsl.model.ws.Message;
import org.apache.pekko.http.javadsl.model.ws.WebSocketUpgrade;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/** A scheduler that welcomes every heartbeat, keeps every report, and orders what the test says. */
public final class FakeScheduler implements AutoCloseable {
    private static final int QUEUE = 256;

    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "scheduler");
    private final Materializer materializer = Materializer.matFromSystem(system);
    private final List<AgentReport> reports = new CopyOnWriteArrayList<>();
    private final Map<NodeId, BoundedSourceQueue<Message>> agents = new ConcurrentHashMap<>();
    private final ServerBinding binding;
    private final String scheme;
    private volatile LeaseSpec lease =
            new LeaseSpec(Duration.ofSeconds(15), Duration.ofMillis(100), Duration.ofHours(1), Duration.ofMillis(1500));
    private volatile boolean preferWarm;
    private volatile boolean welcomes = true;
    private volatile boolean poolIsAway;
    private volatile Duration runFor = Duration.ofHours(1);

    public FakeScheduler() {
        this(0);
    }

    public FakeScheduler(int port) {
        this(port, Optional.empty());
    }

    /** One that is dialled by wss. */
    public FakeScheduler(SSLContext tls) {
        this(0, Optional.of(tls));
    }

    private FakeScheduler(int port, Optional<SSLContext> tls) {
        ServerBuilder server = Http.get(system).newServerAt("127.0.0.1", port);
        scheme = tls.isPresent() ? "wss" : "ws";
        binding = (tls.isPresent() ? server.enableHttps(ConnectionContext.httpsServer(tls.get())) : server)
                .bindSync(this::accept)
                .toCompletableFuture()
                .join();
    }

    public int port() {
        return binding.localAddress().getPort();
    }

    public String url() {
        return scheme + "://127.0.0.1:" + port() + "/agents/v1";
    }

    public void preferWarm() {
        preferWarm = true;
    }

    /** Every welcome from now on renews for so long. */
    public void runFor(Duration time) {
        runFor = time;
    }

    /** Goes silent without closing anything. */
    public void silence() {
        welcomes = false;
    }

    /** Its pool answers nothing from now on; it says that it heard, as a scheduler does then. */
    public void poolIsAway() {
        poolIsAway = true;
    }

    private HttpResponse accept(HttpRequest request) {
        WebSocketUpgrade upgrade =
                request.getAttribute(AttributeKeys.webSocketUpgrade).orElseThrow();
        return upgrade.handleMessagesWith(flow(), AgentWire.SUBPROTOCOL);
    }

    private Flow<Message, Message, NotUsed> flow() {
        var source = Source.<Message>queue(QUEUE).preMaterialize(materializer);
        BoundedSourceQueue<Message> queue = source.first();
        Sink<Message, ?> sink = Sink.foreach(message -> received(
                queue,
                AgentWire.decodeReport(message.asBinaryMessage().getStrictData().toArray())));
        return Flow.fromSinkAndSourceCoupled(sink, source.second());
    }

    private void received(BoundedSourceQueue<Message> queue, AgentReport report) {
        reports.add(report);
        if (report instanceof AgentReport.Hello hello) {
            agents.put(hello.node(), queue);
        }
        if (report instanceof AgentReport.Status && welcomes) {
            offer(
                    queue,
                    poolIsAway
                            ? new AgentCommand.Heard()
                            : new AgentCommand.Welcome(
                                    lease, preferWarm, Instant.now().plus(runFor)));
        }
    }

    private static void offer(BoundedSourceQueue<Message> queue, AgentCommand command) {
        offer(queue, AgentWire.encode(command));
    }

    private static void offer(BoundedSourceQueue<Message> queue, byte[] frame) {
        queue.offer(BinaryMessage.create(ByteString.fromArray(frame)));
    }

    /** Sends what may be no command of this version. */
    public void send(NodeId node, byte[] frame) {
        offer(Await.value("agent " + node, () -> Optional.ofNullable(agents.get(node))), frame);
    }

    public void order(NodeId node, AgentCommand command) {
        offer(Await.value("agent " + node, () -> Optional.ofNullable(agents.get(node))), command);
    }

    public List<AgentReport> reports() {
        return List.copyOf(reports);
    }

    /** The newest status of a node, once there is one. */
    public Optional<AgentReport.Status> status(NodeId node) {
        return reports.reversed().stream()
                .filter(AgentReport.Status.class::isInstance)
                .map(AgentReport.Status.class::cast)
                .filter(status -> status.node().equals(node))
                .findFirst();
    }

    /** How a lease stands, by the newest status of its node. */
    public Optional<ShardStatus> shard(NodeId node, Lease wanted) {
        return status(node)
                .flatMap(status -> status.shards().stream()
                        .filter(shard -> shard.lease().equals(wanted))
                        .findFirst());
    }

    public ShardStatus awaitShard(NodeId node, Lease wanted, Predicate<ShardStatus> condition) {
        try {
            return Await.value(
                    "a status of " + wanted, () -> shard(node, wanted).filter(condition));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the newest is " + shard(node, wanted), e);
        }
    }

    public ShardStatus awaitPhase(NodeId node, Lease wanted, ShardStatus.Phase phase) {
        return awaitShard(node, wanted, status -> status.phase() == phase);
    }

    /** Dies: connections break and the port is free. */
    @Override
    public void close() {
        binding.terminate(Duration.ofMillis(100)).toCompletableFuture().join();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }
}
