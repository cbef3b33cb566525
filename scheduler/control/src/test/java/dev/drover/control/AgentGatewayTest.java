package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.drover.planning.input.Input;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.AgentWire;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.id.ShardId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The agents' door, on a real socket. */
@Timeout(40)
class AgentGatewayTest {
    private static final PoolName POOL = new PoolName("herd");
    private static final NodeId NODE = new NodeId("n-1");
    private static final Lease LEASE = new Lease(new ShardId(new JobId("job-1"), 0), 1);
    private static final JoinTokens TOKENS = new JoinTokens("a secret of enough length");
    private static final Duration IDLE = Duration.ofMillis(1500);

    private final List<Input> inputs = new CopyOnWriteArrayList<>();
    private final List<TelemetryActor.Message> telemetry = new CopyOnWriteArrayList<>();
    private AgentSessions pool = new AgentSessions();

    @SuppressWarnings("NullAway.Init")
    private ActorSystem<Void> system;

    @SuppressWarnings("NullAway.Init")
    private String url;

    @BeforeEach
    void open() {
        system = ActorSystem.create(
                Behaviors.empty(),
                "door",
                ConfigFactory.parseString("pekko.actor.provider = local").withFallback(ConfigFactory.load()));
        AgentSession.Around around =
                new AgentSession.Around(TOKENS, (name, heard) -> hear(heard), (job, message) -> telemetry.add(message));
        ServerBinding binding = Http.get(system)
                .newServerAt("127.0.0.1", 0)
                .bind(new AgentGateway(system, around, IDLE).route())
                .toCompletableFuture()
                .join();
        url = "ws://127.0.0.1:" + binding.localAddress().getPort() + "/agents/v1";
    }

    @AfterEach
    void close() {
        system.terminate();
        system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    @Test
    void anAgentWithItsTokenIsLetInAndHeard() {
        try (FakeAgent agent = hello("inc-1")) {
            CheckpointRef checkpoint = new CheckpointRef(LEASE, 10, "ab".repeat(32));
            ShardStatus status =
                    new ShardStatus(LEASE, ShardStatus.Phase.RUNNING, 12, checkpoint, null, null, null, 1, 1);
            agent.status(NODE, "inc-1", status);
            agent.status(NODE, "inc-1", status);
            agent.send(new AgentReport.Telemetry(LEASE, List.of()));
            Eventually.isTrue("all is heard", () -> inputs.size() == 3 && telemetry.size() == 2);
            assertThat(inputs.getFirst()).isEqualTo(new Input.AgentConnected(NODE, "inc-1"));
            assertThat(inputs.get(1)).isInstanceOf(Input.StatusReported.class);
            assertThat(telemetry)
                    .containsExactly(
                            new TelemetryActor.CheckpointKnown(Optional.of(NODE), checkpoint),
                            new TelemetryActor.Steps(NODE, LEASE, List.of()));
            tell(NODE, new AgentCommand.Release(LEASE, "told"));
            agent.await(AgentCommand.Release.class, release -> release.reason().equals("told"));
        }
        Eventually.isTrue(
                "the pool hears that it is gone", () -> inputs.contains(new Input.AgentDisconnected(NODE, "inc-1")));
    }

    @Test
    void anAgentWithAnothersTokenIsRefusedAndPutOut() {
        String others = TOKENS.issue(new NodeId("n-2"), POOL);
        try (FakeAgent agent = FakeAgent.hello(url, NODE, POOL, "inc", others)) {
            agent.await(AgentCommand.Refuse.class, refuse -> true);
            Eventually.isTrue("it is put out", () -> agent.closed);
        }
        assertThat(inputs).isEmpty();
    }

    @Test
    void whoDoesNotSayHelloFirstIsRefused() {
        try (FakeAgent agent = new FakeAgent(url)) {
            agent.status(NODE, "inc");
            agent.await(AgentCommand.Refuse.class, refuse -> true);
            Eventually.isTrue("it is put out", () -> agent.closed);
        }
        assertThat(inputs).isEmpty();
    }

    @Test
    void nonsenseEndsTheConnection() {
        try (FakeAgent garbled = hello("inc-1")) {
            garbled.sendBytes(new byte[] {1, 2, 3});
            Eventually.isTrue("garbage ends it", () -> garbled.closed);
        }
        try (FakeAgent texting = hello("inc-2")) {
            texting.sendText("hello");
            Eventually.isTrue("text ends it", () -> texting.closed);
        }
        try (FakeAgent impostor = hello("inc-3")) {
            impostor.status(new NodeId("n-2"), "inc-3");
            Eventually.isTrue("another node's status ends it", () -> impostor.closed);
        }
        assertThat(inputs).noneMatch(Input.StatusReported.class::isInstance);
    }

    @Test
    void whatANewerAgentSaysThatIsNewIsPassedOverAndTheRestHeard() {
        try (FakeAgent agent = new FakeAgent(url);
                LogLines lines = new LogLines(AgentSession.class)) {
            agent.sendBytes(longer(AgentWire.encode(
                    new AgentReport.Hello(NODE, POOL, "inc-1", TOKENS.issue(NODE, POOL), "0.2.0", true))));
            for (long sequence = 1; sequence <= 2; sequence++) {
                agent.sendBytes(ofAnUnknownKind());
                agent.sendBytes(
                        longer(AgentWire.encode(new AgentReport.Status(NODE, "inc-1", sequence, null, List.of()))));
            }
            Eventually.isTrue("the rest is heard", () -> inputs.size() == 3);
            assertThat(inputs.get(2))
                    .isEqualTo(new Input.StatusReported(new AgentReport.Status(NODE, "inc-1", 2, null, List.of())));
            assertThat(agent.closed).isFalse();
            assertThat(lines.all())
                    .filteredOn(line -> line.startsWith("WARN"))
                    .singleElement()
                    .asString()
                    .contains("n-1", "0.2.0", "newer than this scheduler");
        }
    }

    @Test
    void aVersionOfFramesIsAgreedOrRefusedInTheHandshake() {
        HttpClient http = HttpClient.newHttpClient();
        WebSocket agreed = http.newWebSocketBuilder()
                .subprotocols("drover-agent-v9", AgentWire.SUBPROTOCOL)
                .buildAsync(URI.create(url), new WebSocket.Listener() {})
                .join();
        assertThat(agreed.getSubprotocol()).isEqualTo(AgentWire.SUBPROTOCOL);
        agreed.abort();
        assertThatThrownBy(() -> http.newWebSocketBuilder()
                        .subprotocols("drover-agent-v9")
                        .buildAsync(URI.create(url), new WebSocket.Listener() {})
                        .join())
                .hasCauseInstanceOf(WebSocketHandshakeException.class);
        http.shutdownNow();
    }

    private static byte[] longer(byte[] frame) {
        return Arrays.copyOf(frame, frame.length + 7);
    }

    private static byte[] ofAnUnknownKind() {
        return new byte[] {AgentWire.VERSION, 60, 1, 2, 3};
    }

    @Test
    void theNewestConnectionOfANodeCounts() {
        try (FakeAgent former = hello("inc-1")) {
            Eventually.isTrue("it is in", () -> inputs.contains(new Input.AgentConnected(NODE, "inc-1")));
            try (FakeAgent newer = hello("inc-2")) {
                Eventually.isTrue("the former is put out", () -> former.closed);
                tell(NODE, new AgentCommand.Release(LEASE, "to the newer"));
                newer.await(AgentCommand.Release.class, release -> true);
                assertThat(inputs)
                        .containsExactly(
                                new Input.AgentConnected(NODE, "inc-1"), new Input.AgentConnected(NODE, "inc-2"));
            }
        }
    }

    @Test
    void aSilentConnectionIsGivenUp() {
        try (FakeAgent agent = hello("inc-1")) {
            Eventually.isTrue("it is put out", () -> agent.closed);
            Eventually.isTrue(
                    "the pool hears of it", () -> inputs.contains(new Input.AgentDisconnected(NODE, "inc-1")));
        }
    }

    @Test
    void aPoolThatHasMovedIsToldOfTheConnectionBeforeItsStatus() {
        try (FakeAgent agent = hello("inc-1")) {
            Eventually.isTrue("it is in", () -> inputs.contains(new Input.AgentConnected(NODE, "inc-1")));
            move();
            agent.status(NODE, "inc-1");
            Eventually.isTrue("it is heard", () -> inputs.size() == 3);
            assertThat(inputs.get(1)).isEqualTo(new Input.AgentConnected(NODE, "inc-1"));
            assertThat(inputs.get(2)).isInstanceOf(Input.StatusReported.class);
            tell(NODE, new AgentCommand.Release(LEASE, "from elsewhere"));
            agent.await(AgentCommand.Release.class, release -> release.reason().equals("from elsewhere"));
        }
    }

    @Test
    void whatNoPoolAnswersIsAnsweredByTheScheduler() {
        try (FakeAgent agent = hello("inc-1")) {
            agent.status(NODE, "inc-1");
            agent.status(NODE, "inc-1");
            agent.await(AgentCommand.Heard.class, heard -> true);
            tell(NODE, new AgentCommand.Release(LEASE, "answered"));
            agent.await(AgentCommand.Release.class, release -> true);
            agent.status(NODE, "inc-1");
            Eventually.isTrue("it is heard", () -> inputs.size() == 4);
            tell(NODE, new AgentCommand.Drill(Duration.ofSeconds(1)));
            agent.await(AgentCommand.Drill.class, drill -> true);
            assertThat(agent.commands)
                    .filteredOn(AgentCommand.Heard.class::isInstance)
                    .hasSize(1);
        }
    }

    /** What a pool does with what it hears. */
    private synchronized void hear(PoolFrontActor.Heard heard) {
        if (pool.heard(heard.node(), heard.input(), heard.session())) {
            inputs.add(heard.input());
        }
    }

    private synchronized void tell(NodeId node, AgentCommand command) {
        pool.tell(node, command);
    }

    private synchronized void move() {
        pool = new AgentSessions();
    }

    private FakeAgent hello(String incarnation) {
        return FakeAgent.hello(url, NODE, POOL, incarnation, TOKENS.issue(NODE, POOL));
    }
}
