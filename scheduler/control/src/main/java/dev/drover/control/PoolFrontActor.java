package dev.drover.control;

import dev.drover.planning.PoolDecider;
import dev.drover.planning.input.Input;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sharded entity of a pool: gathers what arrives while a write is in flight, and hands its {@link PoolActor} one batch at
 * a time, so that many commands cost one write.
 *
 * <p>Replies and intents go out only after the write that holds their events. Queries are answered from the last durable
 * state, and wait for no write.
 */
final class PoolFrontActor extends AbstractBehavior<PoolFrontActor.Message> {
    static final EntityTypeKey<Message> KEY = EntityTypeKey.create(Message.class, "pool");

    private static final Logger LOG = LoggerFactory.getLogger(PoolFrontActor.class);

    /** A batch of more would hold up the ones who asked first. */
    static final int MAX_BATCH = 1_000;

    private final PoolName name;
    private final PoolDecider decider;
    private final InstantSource clock;
    private final Standing standing;
    private final IntentRouter router;
    private final org.apache.pekko.actor.ActorRef pool;
    private final ActorRef<Projection.Message> projection;
    private final AgentSessions agents = new AgentSessions();
    private final Inbox inbox = new Inbox();
    private PoolState state = PoolState.EMPTY;
    private Observations seen;
    private final Instant since;
    private boolean busy = true;
    private boolean recovered;
    private boolean stopping;

    private PoolFrontActor(ActorContext<Message> context, PoolName name, Surroundings around) {
        super(context);
        this.name = name;
        this.decider = around.decider();
        this.clock = around.clock();
        this.standing = around.standing();
        this.since = clock.instant();
        standing.comes(name);
        this.seen = Observations.startingAt(since);
        ActorRef<Message> self = context.getSelf();
        this.router = new IntentRouter(around.executors(), agents, name, input -> self.tell(new Tell(input)));
        this.pool = Adapter.actorOf(context, PoolActor.props(name, decider, clock, self), "pool");
        this.projection = context.spawn(around.projections().of(name), "projection");
        Adapter.watch(context, pool);
    }

    /** What a pool is told. */
    sealed interface Message {}

    /** An input that nobody waits for. */
    record Tell(Input input) implements Message {}

    /** What an agent says, or what is to be said of its connection, and by which it is reached. */
    record Heard(NodeId node, Input input, ActorRef<AgentSession.Message> session) implements Message {}

    /** A question or command of the API. */
    record Ask(PoolCommand command, ActorRef<PoolReply> replyTo) implements Message {}

    /** Finish the write in flight, then stop. */
    record Stop() implements Message {}

    /** The journal was read. */
    record Recovered(PoolState state, Observations seen) implements Message {}

    /** A batch is decided and durable. */
    record Settled(PoolState state, Turn turn, long lastSequence) implements Message {}

    /** What every pool of this scheduler shares. */
    record Surroundings(
            PoolDecider decider,
            InstantSource clock,
            Duration tick,
            IntentRouter.Executors executors,
            Projection.Factory projections,
            Standing standing) {}

    static Behavior<Message> create(PoolName name, Surroundings around) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new Tell(new Input.Tick()), around.tick());
            return new PoolFrontActor(context, name, around);
        }));
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Tell.class, tell -> take(Request.of(tell.input())))
                .onMessage(Heard.class, this::onHeard)
                .onMessage(Ask.class, this::onAsk)
                .onMessage(Settled.class, this::onSettled)
                .onMessage(Recovered.class, this::onRecovered)
                .onMessage(Stop.class, ignored -> onStop())
                .onSignal(Terminated.class, ignored -> Behaviors.stopped())
                .onSignal(PostStop.class, ignored -> {
                    standing.ended(name);
                    return this;
                })
                .build();
    }

    private Behavior<Message> onHeard(Heard heard) {
        return agents.heard(heard.node(), heard.input(), heard.session()) ? take(Request.of(heard.input())) : this;
    }

    private Behavior<Message> onAsk(Ask ask) {
        if (!recovered || !(ask.command() instanceof PoolCommand.Query)) {
            return take(new Request(new Input.Asked(ask.command()), Optional.of(ask.replyTo())));
        }
        if (ask.command() instanceof PoolCommand.PlanJob) {
            // It takes long enough to hold up a pool; what it is reckoned from does not change.
            PoolState at = state;
            Observations with = seen;
            getContext().getExecutionContext().execute(() -> answer(ask, at, with));
        } else {
            answer(ask, state, seen);
        }
        return this;
    }

    /** May run outside of the actor. */
    private void answer(Ask ask, PoolState at, Observations with) {
        try {
            decider.decide(at, with, new Input.Asked(ask.command()), clock.instant())
                    .reply()
                    .ifPresent(ask.replyTo()::tell);
        } catch (RuntimeException e) {
            // A defect in a view must cost one answer, not the pool.
            LOG.error("a pool could not answer {}; its asker times out", ask.command(), e);
        }
    }

    private Behavior<Message> take(Request request) {
        if (!inbox.add(request)) {
            getContext().getLog().warn("too much waits for a decision; dropped {}", request.input());
        }
        return next();
    }

    private Behavior<Message> onRecovered(Recovered fresh) {
        state = fresh.state();
        seen = fresh.seen();
        recovered = true;
        busy = false;
        standing.began(name);
        LOG.info(
                "pool {} is looked after here: {} jobs, {} nodes, read in {} ms",
                name,
                state.jobs().size(),
                state.nodes().size(),
                Duration.between(since, clock.instant()).toMillis());
        projection.tell(new Projection.Recovered(state));
        router.doAll(decider.outstanding(state, seen, clock.instant()));
        return next();
    }

    private Behavior<Message> onSettled(Settled settled) {
        state = settled.state();
        seen = settled.turn().seen();
        busy = false;
        if (!settled.turn().events().isEmpty()) {
            projection.tell(new Projection.Persisted(settled.turn().events(), settled.lastSequence(), state));
        }
        router.doAll(List.copyOf(settled.turn().intents()));
        settled.turn().answers().forEach(answer -> answer.to().tell(answer.reply()));
        return next();
    }

    /** A pool that can't be recovered has no write in flight, and may be readable where it goes. */
    private Behavior<Message> onStop() {
        stopping = true;
        return recovered ? next() : Behaviors.stopped();
    }

    private Behavior<Message> next() {
        if (busy) {
            return this;
        }
        if (stopping) {
            return Behaviors.stopped();
        }
        if (!inbox.isEmpty()) {
            busy = true;
            pool.tell(new PoolActor.Batch(inbox.take(MAX_BATCH)), org.apache.pekko.actor.ActorRef.noSender());
        }
        return this;
    }
}
