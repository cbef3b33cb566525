package dev.drover.control;

import dev.drover.protocol.agent.AgentWire;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.http.javadsl.model.ws.BinaryMessage;
import org.apache.pekko.http.javadsl.model.ws.Message;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.QueueOfferResult;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.typed.javadsl.ActorSink;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where agents dial in: the WebSocket {@code agents/v1}. Each connection gets an {@link AgentSession}.
 *
 * <p>A frame that is no binary one, or longer than {@link AgentWire#MAX_FRAME_BYTES}, and a connection that is silent too
 * long, end the connection.
 */
final class AgentGateway {
    private static final Logger LOG = LoggerFactory.getLogger(AgentGateway.class);
    private static final int COMMANDS_BUFFERED = 256;
    private static final Duration FRAME_TIMEOUT = Duration.ofSeconds(10);

    private final ActorSystem<?> system;
    private final AgentSession.Around around;
    private final Duration idle;
    private final AtomicLong connections = new AtomicLong();
    private final Set<ActorRef<AgentSession.Message>> open = ConcurrentHashMap.newKeySet();

    AgentGateway(ActorSystem<?> system, AgentSession.Around around, Duration idle) {
        this.system = system;
        this.around = around;
        this.idle = idle;
    }

    Route route() {
        return Directives.path(
                PathMatchers.segment("agents").slash("v1"),
                () -> Directives.extractOfferedWsProtocols(
                        offered -> Directives.handleWebSocketMessagesForOptionalProtocol(
                                Flow.lazyFlow(this::connection), subprotocol(offered))));
    }

    /** One that offers others alone is refused, in words of HTTP: it is told which one is spoken here, and dials on. */
    private static Optional<String> subprotocol(List<String> offered) {
        return offered.isEmpty() ? Optional.empty() : Optional.of(AgentWire.SUBPROTOCOL);
    }

    private Flow<Message, Message, NotUsed> connection() {
        Pair<BoundedSourceQueue<Message>, Source<Message, NotUsed>> out =
                Source.<Message>queue(COMMANDS_BUFFERED).preMaterialize(system);
        ActorRef<AgentSession.Message> session = system.systemActorOf(
                AgentSession.create(around, idle, new QueueLine(out.first())),
                "agent-session-" + connections.incrementAndGet(),
                Props.empty());
        Sink<Message, NotUsed> in = Flow.<Message>create()
                .mapAsync(1, this::arrival)
                .to(ActorSink.actorRefWithBackpressure(
                        session,
                        (next, arrival) -> arrival.apply(next),
                        AgentSession.Opened::new,
                        AgentSession.Next.FRAME,
                        new AgentSession.Ended("closed by the agent"),
                        failure -> new AgentSession.Ended(failure.toString())));
        open.add(session);
        return Flow.fromSinkAndSourceCoupled(in, out.second()).watchTermination((line, done) -> {
            var ignored = done.whenComplete((end, failure) -> open.remove(session));
            return line;
        });
    }

    /** How many are connected. */
    int connected() {
        return open.size();
    }

    /** Lets every agent go: each carries on by itself, and dials another scheduler. */
    void closeAll() {
        open.forEach(session -> session.tell(new AgentSession.Close()));
    }

    /** Never fails: what an agent does wrong is the session's to say, not a failure of the server. */
    private CompletionStage<Arrival> arrival(Message message) {
        if (message.isText()) {
            return CompletableFuture.completedStage(broken("a text frame came; agents speak binary frames"));
        }
        BinaryMessage binary = message.asBinaryMessage();
        // Nearly all come whole, and a stream for each would be most of what taking them costs.
        if (binary.isStrict() && binary.getStrictData().size() <= AgentWire.MAX_FRAME_BYTES) {
            return CompletableFuture.completedStage(next -> new AgentSession.Frame(binary.getStrictData(), next));
        }
        return binary.getStreamedData()
                .limitWeighted(AgentWire.MAX_FRAME_BYTES, part -> (long) part.size())
                .completionTimeout(FRAME_TIMEOUT)
                .runFold(ByteString.emptyByteString(), ByteString::concat, system)
                .handle((bytes, failure) -> failure == null
                        ? next -> new AgentSession.Frame(bytes, next)
                        : broken("a frame could not be received whole: " + failure.getMessage()));
    }

    private static Arrival broken(String how) {
        return next -> new AgentSession.Broken(how, next);
    }

    /** What came from the agent, for the session; the session asks for the next by what it is given. */
    private interface Arrival extends Function<ActorRef<AgentSession.Next>, AgentSession.Message> {}

    /** Sends by a bounded queue. */
    private record QueueLine(BoundedSourceQueue<Message> queue) implements AgentSession.Line {
        @Override
        public boolean send(byte[] frame) {
            QueueOfferResult result = queue.offer(BinaryMessage.create(ByteString.fromArrayUnsafe(frame)));
            if (result instanceof QueueOfferResult.Failure failure) {
                LOG.debug("a command could not be sent", failure.cause());
            }
            return result.isEnqueued();
        }

        @Override
        public void close() {
            queue.complete();
        }
    }
}
