package dev.drover.agent.link;

import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentWire;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.ConnectionContext;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.ws.BinaryMessage;
import org.apache.pekko.http.javadsl.model.ws.Message;
import org.apache.pekko.http.javadsl.model.ws.WebSocketRequest;
import org.apache.pekko.http.javadsl.model.ws.WebSocketUpgradeResponse;
import org.apache.pekko.http.javadsl.settings.ClientConnectionSettings;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens one WebSocket and tells the link what becomes of it. Each dial has a number, so that news of an older one is known. */
final class SchedulerDialer {
    private static final Logger LOG = LoggerFactory.getLogger(SchedulerDialer.class);

    /** Frames between the link and the socket: few, so that a slow scheduler is noticed and the stream is thinned. */
    private static final int OUTGOING_FRAMES = 8;

    private static final int PARALLEL_READS = 1;
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);

    private final ActorSystem<?> system;
    private final Materializer materializer;
    private final ConnectionContext connection;
    private final ClientConnectionSettings settings;
    private final ActorRef<LinkCommand> link;
    private final AtomicBoolean puzzled = new AtomicBoolean();

    /** Trusts {@code tls} only, or where it is empty whom this machine trusts. */
    SchedulerDialer(ActorSystem<?> system, Optional<SSLContext> tls, AnyAddress addresses, ActorRef<LinkCommand> link) {
        this.system = system;
        this.materializer = Materializer.matFromSystem(system);
        this.connection = tls.isPresent()
                ? ConnectionContext.httpsClient(tls.get())
                : Http.get(system).defaultClientHttpsContext();
        this.settings = ClientConnectionSettings.create(system.classicSystem()).withTransport(addresses.transport());
        this.link = link;
    }

    void dial(long number, String url) {
        Source<Message, Pair<BoundedSourceQueue<Message>, UniqueKillSwitch>> outgoing =
                Source.<Message>queue(OUTGOING_FRAMES).viaMat(KillSwitches.single(), Keep.both());
        Sink<Message, CompletionStage<Done>> incoming = Flow.<Message>create()
                .mapAsync(PARALLEL_READS, this::bytes)
                .mapConcat(bytes -> commands(bytes.toArray()))
                .map(command -> new LinkCommand.Received(number, command))
                .toMat(Sink.foreach(link::tell), Keep.right());
        var flow = Flow.fromSinkAndSourceCoupledMat(incoming, outgoing, Keep.both());
        var answer = Http.get(system)
                .singleWebSocketRequest(
                        WebSocketRequest.create(url).requestSubprotocol(AgentWire.SUBPROTOCOL),
                        flow,
                        connection,
                        Optional.empty(),
                        settings,
                        system.classicSystem().log(),
                        materializer);
        answer.second()
                .first()
                .whenComplete((done, failure) ->
                        link.tell(new LinkCommand.Disconnected(number, failure == null ? "closed" : why(failure))));
        CompletionStage<WebSocketUpgradeResponse> answered =
                answer.first().toCompletableFuture().orTimeout(CONNECT_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        answered.whenComplete((upgrade, failure) -> {
            var stream = answer.second().second();
            if (failure != null) {
                stream.second().shutdown();
                link.tell(new LinkCommand.Disconnected(number, why(failure)));
            } else if (upgrade.response().status().equals(StatusCodes.SWITCHING_PROTOCOLS)) {
                link.tell(new LinkCommand.Connected(number, stream.first(), stream.second()));
            } else {
                link.tell(new LinkCommand.Disconnected(
                        number, "answered " + upgrade.response().status()));
            }
        });
    }

    /** With what is at the bottom of it: "Connection failed." alone helps nobody. */
    private static String why(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return failure == root ? failure.toString() : failure + ": " + root;
    }

    /** None where a newer scheduler says what only a newer agent understands; to hang up would only make it say so again. */
    private List<AgentCommand> commands(byte[] frame) {
        return AgentWire.decodeCommands(frame, newer -> {
            if (!puzzled.getAndSet(true)) {
                LOG.warn(
                        "the scheduler is newer than this agent; what it says that is new is passed over: {}",
                        newer.getMessage());
            }
        });
    }

    private CompletionStage<ByteString> bytes(Message message) {
        if (message.isText()) {
            throw new IllegalStateException("a text frame; only binary frames are allowed");
        }
        BinaryMessage binary = message.asBinaryMessage();
        if (binary.isStrict() && binary.getStrictData().size() <= AgentWire.MAX_FRAME_BYTES) {
            return CompletableFuture.completedStage(binary.getStrictData());
        }
        return binary.getStreamedData()
                .limitWeighted(AgentWire.MAX_FRAME_BYTES, bytes -> (long) bytes.size())
                .runFold(ByteString.emptyByteString(), ByteString::concat, materializer);
    }
}
