package dev.drover.control;

import dev.drover.planning.input.Input;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.AgentWire;
import dev.drover.protocol.agent.NewerFrameException;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.agent.WireException;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.PoolName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.util.ByteString;

/**
 * Stands for one agent's connection: lets it in, passes its reports to the pool and its steps to the job's telemetry, and
 * carries commands back.
 *
 * <p>The next frame is asked for when this one was handled. Commands to an agent that does not read are dropped beyond a
 * bound: the pool derives them again.
 */
final class AgentSession extends AbstractBehavior<AgentSession.Message> {
    /** A peer that does not take its last frames is not waited for. */
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final TimerScheduler<Message> timers;
    private final Around around;
    private final Duration idle;
    private final Line line;
    private final Map<Lease, CheckpointRef> checkpoints = new HashMap<>();
    private Optional<AgentReport.Hello> hello = Optional.empty();
    private Optional<AgentReport.Status> last = Optional.empty();
    private final List<AgentCommand> untold = new ArrayList<>();
    private boolean puzzled;

    /** Whether the agent was told nothing since its last status. */
    private boolean quiet;

    private AgentSession(
            ActorContext<Message> context, TimerScheduler<Message> timers, Around around, Duration idle, Line line) {
        super(context);
        this.timers = timers;
        this.around = around;
        this.idle = idle;
        this.line = line;
    }

    /** What a session is told. */
    sealed interface Message {}

    /** The connection is open; it waits for {@code next}. */
    record Opened(ActorRef<Next> next) implements Message {}

    /** A frame arrived. */
    record Frame(ByteString bytes, ActorRef<Next> next) implements Message {}

    /** Something arrived that is no frame. */
    record Broken(String how, ActorRef<Next> next) implements Message {}

    /** The connection is over. */
    record Ended(String how) implements Message {}

    /** Send this to the agent. */
    record Tell(AgentCommand command) implements Message {}

    /** The pool does not know this connection: it has just come to another scheduler. */
    record Announce() implements Message {}

    /** The node has a newer connection. */
    record Replaced() implements Message {}

    /** The scheduler stops; the agent goes on and dials another one. */
    record Close() implements Message {}

    private record Idle() implements Message {}

    /** What a pool has to tell an agent after a turn is here by now, as a rule: from another scheduler it may come in parts. */
    private record Flush() implements Message {}

    private record ClosedTooSlowly() implements Message {}

    /** Asks the connection for its next frame. */
    enum Next {
        FRAME
    }

    /** The way to the agent. */
    interface Line {
        /** Sends a frame, and says whether there was room for it. */
        boolean send(byte[] frame);

        /** Closes the connection once what was sent is gone. */
        void close();
    }

    /** Where what agents say goes. */
    record Around(
            JoinTokens tokens,
            BiConsumer<PoolName, PoolFrontActor.Heard> pools,
            BiConsumer<JobId, TelemetryActor.Message> telemetry) {}

    /** {@code idle}: a connection with no frame for this long is closed. */
    static Behavior<Message> create(Around around, Duration idle, Line line) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new AgentSession(context, timers, around, idle, line).awaitFrame()));
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Opened.class, opened -> {
                    opened.next().tell(Next.FRAME);
                    return this;
                })
                .onMessage(Frame.class, this::onFrame)
                .onMessage(Broken.class, broken -> gone(hangUp(broken.how(), broken.next())))
                .onMessage(Idle.class, ignored -> gone(hangUp("nothing came for " + idle)))
                .onMessage(Tell.class, this::onTell)
                .onMessage(Flush.class, ignored -> onFlush())
                .onMessage(Announce.class, ignored -> onAnnounce())
                .onMessage(Ended.class, this::onEnded)
                .onMessage(Replaced.class, ignored -> hangUp("a newer connection of the same node took over"))
                .onMessage(Close.class, ignored -> hangUp("the scheduler stops"))
                .build();
    }

    private Behavior<Message> onFrame(Frame frame) {
        var ignored = awaitFrame();
        AgentReport report;
        try {
            report = AgentWire.decodeReport(frame.bytes().toArray());
        } catch (NewerFrameException e) {
            return passOver(e, frame.next());
        } catch (WireException e) {
            return gone(hangUp("a frame can't be read: " + e.getMessage(), frame.next()));
        }
        Behavior<Message> next = hello.map(known -> onReport(known, report)).orElseGet(() -> onFirst(report));
        frame.next().tell(Next.FRAME);
        return next;
    }

    /** To hang up would end in the same the next time that the agent says it. */
    private Behavior<Message> passOver(NewerFrameException why, ActorRef<Next> next) {
        if (!puzzled) {
            puzzled = true;
            getContext()
                    .getLog()
                    .warn(
                            "node {} is newer than this scheduler ({}); what it says that is new is passed over: {}",
                            node(),
                            hello.map(AgentReport.Hello::version).orElse("version not known"),
                            why.getMessage());
        }
        next.tell(Next.FRAME);
        return this;
    }

    private AgentSession awaitFrame() {
        timers.startSingleTimer(Idle.class, new Idle(), idle);
        return this;
    }

    private Behavior<Message> onFirst(AgentReport report) {
        if (!(report instanceof AgentReport.Hello first)
                || !around.tokens().matches(first.node(), first.pool(), first.token())) {
            send(new AgentCommand.Refuse("the first frame must be a Hello with the node's own join token"));
            return hangUp("no Hello with the right join token came first");
        }
        hello = Optional.of(first);
        getContext().getLog().info("agent of node {} connected: {}", first.node(), first);
        announce(first);
        return this;
    }

    private void announce(AgentReport.Hello known) {
        tellPool(known, new Input.AgentConnected(known.node(), known.incarnation()));
    }

    private void tellPool(AgentReport.Hello known, Input input) {
        around.pools()
                .accept(
                        known.pool(),
                        new PoolFrontActor.Heard(
                                known.node(), input, getContext().getSelf()));
    }

    /** What the pool did not take for want of it is said again. */
    private Behavior<Message> onAnnounce() {
        hello.ifPresent(known -> {
            announce(known);
            last.ifPresent(status -> tellPool(known, new Input.StatusReported(status)));
        });
        return this;
    }

    private Behavior<Message> onReport(AgentReport.Hello known, AgentReport report) {
        return switch (report) {
            case AgentReport.Status status -> onStatus(known, status);
            case AgentReport.Telemetry telemetry -> {
                Lease lease = telemetry.lease();
                around.telemetry()
                        .accept(lease.shard().job(), new TelemetryActor.Steps(known.node(), lease, telemetry.steps()));
                yield this;
            }
            case AgentReport.Hello ignored -> gone(hangUp("a second Hello came on one connection"));
        };
    }

    private Behavior<Message> onStatus(AgentReport.Hello known, AgentReport.Status status) {
        if (!status.node().equals(known.node()) || !status.incarnation().equals(known.incarnation())) {
            return gone(hangUp("a status of " + status.node() + " came on the connection of " + known.node()));
        }
        for (ShardStatus shard : status.shards()) {
            CheckpointRef checkpoint = shard.checkpoint();
            if (checkpoint != null && !checkpoint.equals(checkpoints.put(shard.lease(), checkpoint))) {
                around.telemetry()
                        .accept(
                                shard.lease().shard().job(),
                                new TelemetryActor.CheckpointKnown(Optional.of(known.node()), checkpoint));
            }
        }
        checkpoints
                .keySet()
                .removeIf(lease -> status.shards().stream()
                        .noneMatch(shard -> shard.lease().equals(lease)));
        last = Optional.of(status);
        if (quiet) {
            send(new AgentCommand.Heard());
        }
        quiet = true;
        tellPool(known, new Input.StatusReported(status));
        return this;
    }

    private Behavior<Message> onTell(Tell tell) {
        quiet = false;
        if (untold.isEmpty()) {
            getContext().getSelf().tell(new Flush());
        }
        untold.add(tell.command());
        return this;
    }

    private Behavior<Message> onFlush() {
        boolean together = hello.map(AgentReport.Hello::readsSeveral).orElse(false);
        List<byte[]> frames = together
                ? AgentWire.encode(untold)
                : untold.stream().map(AgentWire::encode).toList();
        if (!frames.stream().allMatch(line::send)) {
            getContext()
                    .getLog()
                    .debug(
                            "node {} does not read; dropped some of {}",
                            node(),
                            untold.stream()
                                    .map(command -> command.getClass().getSimpleName())
                                    .toList());
        }
        untold.clear();
        return this;
    }

    private Behavior<Message> onEnded(Ended ended) {
        getContext().getLog().info("connection of node {} ended: {}", node(), ended.how());
        return gone(Behaviors.stopped());
    }

    /** The connection is gone by itself or by our doing; the pool hears of it, unless a newer one is there. */
    private Behavior<Message> gone(Behavior<Message> next) {
        hello.ifPresent(known -> tellPool(known, new Input.AgentDisconnected(known.node(), known.incarnation())));
        hello = Optional.empty();
        return next;
    }

    private Behavior<Message> hangUp(String why, ActorRef<Next> next) {
        next.tell(Next.FRAME);
        return hangUp(why);
    }

    /** Stays until the connection has ended: to stop earlier would cut off what was sent last. */
    private Behavior<Message> hangUp(String why) {
        getContext().getLog().info("closing the connection of node {}: {}", node(), why);
        line.close();
        timers.cancel(Idle.class);
        timers.startSingleTimer(ClosedTooSlowly.class, new ClosedTooSlowly(), CLOSING);
        return Behaviors.receive(Message.class)
                .onMessage(Frame.class, frame -> drop(frame.next()))
                .onMessage(Broken.class, broken -> drop(broken.next()))
                .onMessage(Ended.class, ignored -> Behaviors.stopped())
                .onMessage(ClosedTooSlowly.class, ignored -> Behaviors.stopped())
                .onAnyMessage(ignored -> Behaviors.same())
                .build();
    }

    private static Behavior<Message> drop(ActorRef<Next> next) {
        next.tell(Next.FRAME);
        return Behaviors.same();
    }

    private boolean send(AgentCommand command) {
        return line.send(AgentWire.encode(command));
    }

    private String node() {
        return hello.map(known -> known.node().value()).orElse("(not let in)");
    }
}
