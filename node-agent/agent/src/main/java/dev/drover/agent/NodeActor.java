package dev.drover.agent;

import dev.drover.agent.eviction.EvictionMarginPolicy;
import dev.drover.agent.link.LinkCommand;
import dev.drover.agent.link.LinkEvent;
import dev.drover.agent.link.SchedulerLink;
import dev.drover.agent.setup.AgentEnvironment;
import dev.drover.agent.shard.RunningProgram;
import dev.drover.agent.shard.ShardActor;
import dev.drover.agent.shard.ShardCommand;
import dev.drover.agent.shard.ShardLimits;
import dev.drover.agent.shard.ShardNotice;
import dev.drover.agent.shard.ShardSetup;
import dev.drover.agent.shard.Timers;
import dev.drover.agent.shard.WarmPool;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.EvictionNotice;
import dev.drover.protocol.agent.ShardStatus;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.pool.LeaseSpec;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The root of an agent: the leases it holds, the notice it was given, and until when it may run.
 *
 * <p>With no scheduler answering it goes on training and saving. It ends, and with it every process it started, when it is
 * refused, when {@code runUntil} passes without renewal, and when it is asked to.
 */
public final class NodeActor extends AbstractBehavior<NodeCommand> {
    private static final Logger LOG = LoggerFactory.getLogger(NodeActor.class);
    private static final Duration REFILL_EVERY = Duration.ofSeconds(1);
    private static final Duration LAST_SAVE = Duration.ofSeconds(60);
    private static final Duration LAST_STATUS = Duration.ofMillis(150);
    private static final Duration CLEAN_WITHIN = Duration.ofSeconds(3);

    private final TimerScheduler<NodeCommand> timers;
    private final AgentEnvironment environment;
    private final WarmPool processes;
    private final ActorRef<LinkCommand> link;
    private final ShardSetup shardSetup;
    private final Leases leases = new Leases();
    private final AtomicReference<Instant> memberUntil = new AtomicReference<>(Instant.MIN);

    private LeaseSpec lease = LeaseSpec.DEFAULT;
    private Instant runUntil;
    private Optional<EvictionNotice> notice = Optional.empty();
    private Optional<Instant> rebalanceSince = Optional.empty();
    private boolean connected;
    private boolean preferWarm;
    private boolean leaveWhenSaved;
    private boolean leaving;

    private NodeActor(
            ActorContext<NodeCommand> context,
            TimerScheduler<NodeCommand> timers,
            AgentEnvironment environment,
            HttpClient http,
            ShardLimits limits,
            RunningProgram.Starter starter,
            String version) {
        super(context);
        this.timers = timers;
        this.environment = environment;
        this.processes = new WarmPool(
                starter,
                environment.config().trainer(),
                environment.config().directory().resolve("logs"),
                environment.clock());
        this.link = context.spawn(
                SchedulerLink.create(
                        environment, version, context.messageAdapter(LinkEvent.class, NodeCommand.FromLink::new)),
                "link");
        context.watchWith(link, new NodeCommand.LinkCrashed());
        this.shardSetup = new ShardSetup(
                environment,
                processes,
                http,
                limits,
                () -> environment.clock().instant().isBefore(memberUntil.get()),
                context.messageAdapter(ShardNotice.class, NodeCommand.FromShard::new));
        this.runUntil = environment.clock().instant().plus(lease.runUntil());
        at(NodeCommand.Tick.RUN_UNTIL, runUntil);
        timers.startTimerWithFixedDelay(NodeCommand.Tick.REFILL, REFILL_EVERY);
    }

    static Behavior<NodeCommand> create(
            AgentEnvironment environment,
            HttpClient http,
            ShardLimits limits,
            RunningProgram.Starter starter,
            String version) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new NodeActor(context, timers, environment, http, limits, starter, version)));
    }

    @Override
    public Receive<NodeCommand> createReceive() {
        return newReceiveBuilder()
                .onMessage(NodeCommand.class, this::onCommand)
                .onSignal(PostStop.class, ignored -> {
                    processes.close();
                    return this;
                })
                .build();
    }

    private Behavior<NodeCommand> onCommand(NodeCommand command) {
        switch (command) {
            case NodeCommand.FromLink from -> fromLink(from.event());
            case NodeCommand.FromShard from -> fromShard(from.notice());
            case NodeCommand.ShardCrashed crashed -> shardCrashed(crashed.lease());
            case NodeCommand.LinkCrashed ignored -> endAfterSaving("the connection to the schedulers ended by itself");
            case NodeCommand.Noticed noticed -> noticed(noticed.notice());
            case NodeCommand.Signalled signalled -> signalled(signalled.since());
            case NodeCommand.Terminate ignored -> terminate();
            case NodeCommand.Tick tick -> {
                return tick(tick);
            }
        }
        return this;
    }

    private void fromLink(LinkEvent event) {
        switch (event) {
            case LinkEvent.Connection connection -> connected = connection.up();
            case LinkEvent.Ordered ordered -> {
                if (!leaving) {
                    order(ordered.command());
                }
            }
        }
    }

    private void order(AgentCommand command) {
        switch (command) {
            case AgentCommand.Heard ignored -> {}
            case AgentCommand.Welcome welcome -> welcomed(welcome);
            case AgentCommand.Refuse refuse -> {
                LOG.info("refused: {}", refuse.reason());
                leave();
            }
            case AgentCommand.Prepare prepare -> {
                if (!isOver(prepare.lease())) {
                    shard(prepare.lease()).tell(new ShardCommand.Prepare(prepare.task()));
                }
            }
            case AgentCommand.Run run -> run(run);
            case AgentCommand.HandOff handOff ->
                leases.actor(handOff.lease())
                        .ifPresent(actor -> actor.tell(
                                new ShardCommand.HandOff(Optional.ofNullable(handOff.target()), handOff.deadline())));
            case AgentCommand.Release release -> release(release.lease(), release.reason());
            case AgentCommand.Drill drill ->
                noticed(new EvictionNotice(
                        EvictionNotice.Source.DRILL,
                        environment.clock().instant().plus(drill.notice())));
        }
    }

    private void welcomed(AgentCommand.Welcome welcome) {
        lease = welcome.lease();
        preferWarm = welcome.preferWarm();
        memberUntil.set(environment.clock().instant().plus(lease.length()));
        runUntil = welcome.runUntil();
        at(NodeCommand.Tick.RUN_UNTIL, runUntil);
    }

    private void run(AgentCommand.Run run) {
        if (isOver(run.lease())) {
            return;
        }
        leases.olderActive(run.lease())
                .forEach(older -> release(older, "generation " + run.lease().generation() + " was granted here"));
        shard(run.lease()).tell(new ShardCommand.Run(run.task(), Optional.ofNullable(run.resumeFrom())));
    }

    /** What is over has no effect, but an answer: whoever ordered it may wait for it, and grants a next one then. */
    private boolean isOver(Lease ordered) {
        boolean over = leases.isOver(ordered);
        if (over && leases.refuse(ordered, "this node was told before to let the lease go")) {
            tellLink(true);
        }
        return over;
    }

    private void release(Lease released, String reason) {
        leases.end(released);
        if (leases.isOrphan(released)) {
            leases.forget(released);
            tellLink(true);
        }
        leases.actor(released).ifPresent(actor -> actor.tell(new ShardCommand.Release(reason)));
    }

    private ActorRef<ShardCommand> shard(Lease wanted) {
        return leases.actor(wanted).orElseGet(() -> {
            ActorRef<ShardCommand> actor = getContext()
                    .spawn(
                            ShardActor.create(wanted, shardSetup),
                            "shard-" + wanted.shard().job() + "-"
                                    + wanted.shard().index() + "-g" + wanted.generation());
            getContext().watchWith(actor, new NodeCommand.ShardCrashed(wanted));
            leases.hold(wanted, actor);
            return actor;
        });
    }

    private void fromShard(ShardNotice from) {
        switch (from) {
            case ShardNotice.Changed changed -> {
                if (leases.report(changed.status())) {
                    tellLink(changed.urgent());
                }
            }
            case ShardNotice.Stepped stepped -> link.tell(new LinkCommand.Step(stepped.lease(), stepped.record()));
            case ShardNotice.Gone gone -> {
                // Who trains what is over is not renewed before it is gone; what had ended is nobody's concern.
                boolean isNews = leases.isActive(gone.lease());
                leases.forget(gone.lease());
                link.tell(new LinkCommand.Forget(gone.lease()));
                tellLink(isNews);
            }
        }
        leaveWhenDone();
    }

    private void shardCrashed(Lease crashed) {
        if (leases.crashed(crashed, "the agent failed to handle this shard; its own log says why")) {
            LOG.error("the actor of {} ended by itself", crashed);
        }
        tellLink(true);
        leaveWhenDone();
    }

    /** The first notice counts, and any that ends sooner. */
    private void noticed(EvictionNotice found) {
        if (notice.isPresent() && !found.endsAt().isBefore(notice.get().endsAt())) {
            return;
        }
        LOG.info("the node will be taken at {}: {}", found.endsAt(), found.source());
        notice = Optional.of(found);
        tellLink(true);
        Duration left = Duration.between(environment.clock().instant(), found.endsAt());
        Duration measured = EvictionMarginPolicy.margin(leases.active(), lease.noticeMargin());
        Duration margin = measured.compareTo(left) < 0 ? measured : left;
        at(NodeCommand.Tick.MARGIN, found.endsAt().minus(margin));
        leaveWhenDone();
    }

    /** Only told: what to do about it, if anything, the pool decides. */
    private void signalled(Optional<Instant> since) {
        if (!since.equals(rebalanceSince)) {
            LOG.info("rebalance signal: {}", since.map(Instant::toString).orElse("no more"));
            rebalanceSince = since;
            tellLink(true);
        }
    }

    private void terminate() {
        if (notice.isEmpty() || notice.get().source() != EvictionNotice.Source.SIGTERM) {
            Instant end =
                    environment.clock().instant().plus(environment.config().sigtermGrace());
            leaveWhenSaved = true;
            noticed(new EvictionNotice(EvictionNotice.Source.SIGTERM, end));
            at(NodeCommand.Tick.NOTICE_ENDS, end);
            leaveWhenDone();
        }
    }

    private Behavior<NodeCommand> tick(NodeCommand.Tick tick) {
        switch (tick) {
            case RUN_UNTIL -> runUntilPassed();
            // The pool's order comes before; if none has by now it is lost, and to wait longer is too late.
            case MARGIN -> saveAll();
            case NOTICE_ENDS -> leave();
            case REFILL -> {
                if (preferWarm && !leaving && notice.isEmpty()) {
                    environment.blocking().execute(processes::refill);
                }
            }
            case LEAVE -> leave();
            case GIVE_UP -> {
                return Behaviors.stopped();
            }
        }
        return leaving && leases.isEmpty() ? Behaviors.stopped() : this;
    }

    private void runUntilPassed() {
        if (environment.clock().instant().isBefore(runUntil)) {
            at(NodeCommand.Tick.RUN_UNTIL, runUntil);
            return;
        }
        endAfterSaving("no scheduler renewed this node's lease by " + runUntil);
    }

    private void endAfterSaving(String why) {
        LOG.warn("{}: saves, stops and ends", why);
        leaveWhenSaved = true;
        at(NodeCommand.Tick.NOTICE_ENDS, environment.clock().instant().plus(LAST_SAVE));
        saveAll();
        leaveWhenDone();
    }

    private void saveAll() {
        Instant deadline = notice.map(EvictionNotice::endsAt)
                .orElseGet(() -> environment.clock().instant().plus(LAST_SAVE));
        leases.activeActors().forEach(actor -> actor.tell(new ShardCommand.HandOff(Optional.empty(), deadline)));
    }

    private void leaveWhenDone() {
        if (leaveWhenSaved && !leaving && leases.active().isEmpty() && !timers.isTimerActive(NodeCommand.Tick.LEAVE)) {
            timers.startSingleTimer(
                    NodeCommand.Tick.LEAVE, connected && !leases.isEmpty() ? LAST_STATUS : Duration.ZERO);
        }
        if (leaving && leases.isEmpty()) {
            timers.startSingleTimer(NodeCommand.Tick.GIVE_UP, Duration.ZERO);
        }
    }

    private void leave() {
        if (!leaving) {
            leaving = true;
            leases.all().forEach(held -> release(held, "the agent ends"));
            timers.startSingleTimer(NodeCommand.Tick.GIVE_UP, leases.isEmpty() ? Duration.ZERO : CLEAN_WITHIN);
        }
    }

    private void tellLink(boolean urgent) {
        List<ShardStatus> shards = leases.statuses();
        link.tell(new LinkCommand.Standing(notice, rebalanceSince, shards, urgent));
    }

    private void at(NodeCommand.Tick tick, Instant when) {
        timers.startSingleTimer(tick, Timers.until(when, environment.clock().instant()));
    }
}
