package dev.drover.control;

import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.AgentWire;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** An agent that speaks the real WebSocket and does what a test says. */
final class FakeAgent implements AutoCloseable {
    final List<AgentCommand> commands = new CopyOnWriteArrayList<>();
    final AtomicInteger frames = new AtomicInteger();
    volatile boolean closed;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private long sequence;

    FakeAgent(String url) {
        this.socket = http.newWebSocketBuilder()
                .buildAsync(URI.create(url), new Ear())
                .join();
    }

    static FakeAgent hello(String url, NodeId node, PoolName pool, String incarnation, String token) {
        FakeAgent agent = new FakeAgent(url);
        agent.send(new AgentReport.Hello(node, pool, incarnation, token, "test", true));
        return agent;
    }

    void send(AgentReport report) {
        sendBytes(AgentWire.encode(report));
    }

    void sendBytes(byte[] bytes) {
        var ignored = socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    }

    void sendText(String text) {
        var ignored = socket.sendText(text, true).join();
    }

    void status(NodeId node, String incarnation, ShardStatus... shards) {
        sequence++;
        send(new AgentReport.Status(node, incarnation, sequence, null, List.of(shards)));
    }

    <T extends AgentCommand> T await(Class<T> type, Predicate<T> condition) {
        return Eventually.get("a " + type.getSimpleName() + " among " + commands, () -> find(type, condition));
    }

    <T extends AgentCommand> Optional<T> find(Class<T> type, Predicate<T> condition) {
        return commands.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .filter(condition)
                .findFirst();
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
    }

    private final class Ear implements WebSocket.Listener {
        private final ByteArrayOutputStream frame = new ByteArrayOutputStream();

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            byte[] part = new byte[data.remaining()];
            data.get(part);
            frame.writeBytes(part);
            if (last) {
                frames.incrementAndGet();
                commands.addAll(AgentWire.decodeCommands(frame.toByteArray(), newer -> {
                    throw newer;
                }));
                frame.reset();
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed = true;
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            closed = true;
        }
    }
}
