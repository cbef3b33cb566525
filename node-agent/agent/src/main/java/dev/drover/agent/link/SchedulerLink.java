package dev.drover.agent.link;

import dev.drover.agent.setup.AgentEnvironment;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.agent.AgentWire;
import dev.drover.protocol.pool.LeaseSpec;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.http.javadsl.model.ws.BinaryMessage;
import org.apache.pekko.stream.QueueOfferResult;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for the scheduler on this instance: dials one of the addresses after the other for ever, says hello, and keeps it informed.
 *
 * <p>A status is the latest standing, so one that a slow connection delays is replaced, not queued; and news waits for the answer to the
 * status before it, but not for long: the busier a pool is, the more it is told at once. Every heartbeat is answered, by the pool or
 * else by the scheduler, so a connection that stays silent is dead, whatever TCP thinks, and another is dialled. So is one on which only the scheduler answers while
 * two thirds of a lease pass: it may be cut off from the pool, and another may not. A pool that moves is back sooner.
 */
public final class SchedulerLink extends AbstractBehavior<LinkCommand> {
    private static final Logger LOG = LoggerFactory.getLogger(SchedulerLink.class);
    private static final Duration FLUSH_EVERY = Duration.ofMillis(250);
    private static final int TELEMETRY_STEPS = 512;

    private final TimerScheduler<LinkCommand> timers;
    private final AgentEnvironment environment;
    private final ActorRef<LinkEvent> node;
    private final SchedulerDialer dialer;
    private final SchedulerChoice choice;
    private final String version;
    private final Silence ofScheduler;
    private final Silence ofPool;
    private final TelemetryBuffer telemetry = new TelemetryBuffer(TELEMETRY_STEPS);

    private Optional<LinkCommand.Connected> connection = Optional.empty();
    private LinkCommand.Standing standing =
            new LinkCommand.Standing(Optional.empty(), Optional.empty(), List.of(), false);
    private LeaseSpec lease = LeaseSpec.DEFAULT;
    private String dialled = "";
    private long dials;
    private int failures;
    private long sequence;
    private boolean unsent;
    private boolean unanswered;

    private SchedulerLink(
            ActorContext<LinkCommand> context,
            TimerScheduler<LinkCommand> timers,
            AgentEnvironment environment,
            String version,
            ActorRef<LinkEvent> node) {
        super(context);
        this.timers = timers;
        this.environment = environment;
        this.version = version;
        this.node = node;
        this.ofScheduler = new Silence(environment.clock().instant());
        this.ofPool = new Silence(environment.clock().instant());
        AnyAddress addresses = new AnyAddress(InetAddress::getAllByName, environment.random(), environment.blocking());
        this.dialer =
                new SchedulerDialer(context.getSystem(), environment.schedulerTls(), addresses, context.getSelf());
        this.choice = new SchedulerChoice(environment.identity().schedulers(), environment.random());
        timers.startTimerWithFixedDelay(LinkCommand.Tick.FLUSH, FLUSH_EVERY);
        timers.startTimerWithFixedDelay(LinkCommand.Tick.HEARTBEAT, lease.heartbeat());
        dial();
    }

    public static Behavior<LinkCommand> create(AgentEnvironment environment, String version, ActorRef<LinkEvent> node) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new SchedulerLink(context, timers, environment, version, node)));
    }

    @Override
    public Receive<LinkCommand> createReceive() {
        return newReceiveBuilder()
                .onMessage(LinkCommand.class, this::onCommand)
                .onSignal(PostStop.class, ignored -> {
                    connection.ifPresent(it -> it.kill().shutdown());
                    return this;
                })
                .build();
    }

    private Behavior<LinkCommand> onCommand(LinkCommand command) {
        switch (command) {
            case LinkCommand.Standing now -> {
                standing = now;
                unsent |= now.urgent();
                sendNews();
            }
            case LinkCommand.Step step -> {
                if (telemetry.add(step.lease(), step.record())) {
                    flushTelemetry();
                }
            }
            case LinkCommand.Forget forget -> telemetry.forget(forget.lease());
            case LinkCommand.Connected up -> connected(up);
            case LinkCommand.Disconnected down -> disconnected(down);
            case LinkCommand.Received received -> received(received);
            case LinkCommand.Tick tick -> tick(tick);
        }
        return this;
    }

    private void tick(LinkCommand.Tick tick) {
        switch (tick) {
            case DIAL -> dial();
            case HEARTBEAT -> {
                dropIfSilent();
                sendStatus();
                flushTelemetry();
            }
            case FLUSH -> {
                if (unsent) {
                    sendStatus();
                }
            }
        }
    }

    private void dial() {
        dialled = choice.next();
        dials++;
        LOG.debug("dials {}", dialled);
        dialer.dial(dials, dialled);
    }

    private void connected(LinkCommand.Connected up) {
        if (up.dial() != dials) {
            up.kill().shutdown();
            return;
        }
        LOG.info("connected to {} on dial {}", dialled, up.dial());
        connection = Optional.of(up);
        ofScheduler.isBroken();
        ofPool.isBroken();
        var identity = environment.identity();
        send(new AgentReport.Hello(
                identity.node(), identity.pool(), environment.incarnation(), identity.token(), version, true));
        sendStatus();
        node.tell(new LinkEvent.Connection(true));
    }

    private void disconnected(LinkCommand.Disconnected down) {
        if (down.dial() != dials || timers.isTimerActive(LinkCommand.Tick.DIAL)) {
            return;
        }
        if (connection.isPresent()) {
            LOG.info("lost the scheduler: {}", down.why());
            connection = Optional.empty();
            node.tell(new LinkEvent.Connection(false));
        } else if (failures == 0) {
            LOG.info("no scheduler on dial {}: {}", down.dial(), down.why());
        } else {
            LOG.debug("no scheduler on dial {}: {}", down.dial(), down.why());
        }
        failures++;
        timers.startSingleTimer(LinkCommand.Tick.DIAL, RedialPolicy.wait(failures, environment.random()));
    }

    private void received(LinkCommand.Received received) {
        if (received.dial() != dials || connection.isEmpty()) {
            return;
        }
        ofScheduler.isBroken();
        if (received.command() instanceof AgentCommand.Heard) {
            return;
        }
        ofPool.isBroken();
        if (received.command() instanceof AgentCommand.Welcome welcome) {
            failures = 0;
            keep(welcome.lease());
        }
        node.tell(new LinkEvent.Ordered(received.command()));
        unanswered = false;
        sendNews();
    }

    private void sendNews() {
        if (unsent && !unanswered) {
            sendStatus();
        }
    }

    private void keep(LeaseSpec wanted) {
        if (!wanted.heartbeat().equals(lease.heartbeat()) && wanted.heartbeat().isPositive()) {
            timers.startTimerWithFixedDelay(LinkCommand.Tick.HEARTBEAT, wanted.heartbeat());
        }
        lease = wanted;
    }

    private void dropIfSilent() {
        Instant now = environment.clock().instant();
        boolean dead = ofScheduler.isLongerThan(Silence.toleratedOfScheduler(lease), lease.heartbeat(), now);
        boolean cutOff = ofPool.isLongerThan(Silence.toleratedOfPool(lease), lease.heartbeat(), now);
        if (connection.isPresent() && (dead || cutOff)) {
            connection.get().kill().shutdown();
            disconnected(new LinkCommand.Disconnected(
                    dials,
                    dead
                            ? "no answer for " + ofScheduler.lasted().toMillis() + " ms"
                            : "no answer of the pool for " + ofPool.lasted().toMillis() + " ms"));
        }
    }

    private void sendStatus() {
        AgentReport status = new AgentReport.Status(
                environment.identity().node(),
                environment.incarnation(),
                sequence + 1,
                standing.notice().orElse(null),
                standing.rebalanceSince().orElse(null),
                standing.shards());
        if (send(status)) {
            sequence++;
            unsent = false;
            unanswered = true;
        }
    }

    private void flushTelemetry() {
        for (var next = telemetry.next(); next.isPresent(); next = telemetry.next()) {
            if (!send(next.get())) {
                return;
            }
            telemetry.sent(next.get());
        }
    }

    /** Whether the connection took it. */
    private boolean send(AgentReport report) {
        return connection
                .map(it -> it.queue().offer(BinaryMessage.create(ByteString.fromArrayUnsafe(AgentWire.encode(report))))
                        == QueueOfferResult.enqueued())
                .orElse(false);
    }
}
