package dev.drover.control;

import dev.drover.persistence.cluster.Census;
import dev.drover.persistence.cluster.SchedulerTable;
import dev.drover.protocol.id.PoolName;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.jspecify.annotations.Nullable;

/**
 * Brings this scheduler into its database's cluster, and tells there each second that it is a member. Ends it when another cluster was formed on
 * its database meanwhile: there is never to be more than one.
 *
 * <p>While the database does not answer nothing changes: a member stays one.
 */
final class Membership extends AbstractBehavior<Membership.Message> {
    private static final Duration TURN = Duration.ofSeconds(1);
    private static final Duration TURN_ALONE = Duration.ofSeconds(10);
    private static final int FORGET_TURNS = 60;
    private static final int ASK_AGAIN_TURNS = 5;

    private final Cluster cluster;
    private final Around around;
    private final TimerScheduler<Message> timers;
    private final String self;
    private final long incarnation;
    private final FormingDecider decider;
    private SortedSet<String> asked = new TreeSet<>();
    private int turnsSinceAsked;
    private int turnsWithoutFormation;
    private int turns;
    private long formation;
    private boolean databaseIsAway;
    private boolean isAsking;
    private boolean isEnding;
    private Optional<CompletableFuture<Done>> leaving = Optional.empty();

    private Membership(ActorContext<Message> context, TimerScheduler<Message> timers, Around around) {
        super(context);
        this.cluster = Cluster.get(context.getSystem());
        this.around = around;
        this.timers = timers;
        this.self = text(cluster.selfMember().address());
        this.incarnation = cluster.selfMember().uniqueAddress().longUid();
        this.decider = new FormingDecider(self);
        context.getSelf().tell(new Turn());
    }

    /**
     * What it works with.
     *
     * @param standing what this scheduler does, to be told to the others
     * @param executor for what blocks
     */
    record Around(Discovery discovery, Standing standing, Executor executor) {
        SchedulerTable table() {
            return discovery.table();
        }
    }

    /** What it is told. */
    sealed interface Message {}

    /** Tell the others that this one is gone, and nothing more; completes in any case. */
    record Leave(CompletableFuture<Done> done) implements Message {}

    private record Turn() implements Message {}

    private record Read(
            @Nullable Census census,
            Set<String> refusing,
            List<String> peers,
            @Nullable Throwable failure) implements Message {}

    private record Formed(long former, boolean first) implements Message {}

    /** Starts it; when the system ends in order, the others are told. */
    static void start(ActorSystem<?> system, Around around) {
        ActorRef<Message> membership = system.systemActorOf(
                Behaviors.setup(context -> Behaviors.withTimers(timers -> new Membership(context, timers, around))),
                "membership",
                Props.empty());
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "leave-the-table", () -> {
                    CompletableFuture<Done> done = new CompletableFuture<>();
                    membership.tell(new Leave(done));
                    return done;
                });
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Turn.class, ignored -> onTurn())
                .onMessage(Read.class, this::onRead)
                .onMessage(Formed.class, this::onFormed)
                .onMessage(Leave.class, this::onLeave)
                .build();
    }

    private Behavior<Message> onTurn() {
        isAsking = true;
        var own = new SchedulerTable.Standing(
                self,
                incarnation,
                formation,
                around.discovery().agentsUrl().get(),
                around.standing().pools().stream().map(PoolName::value).sorted().toList(),
                around.standing().agents());
        boolean seeks = isOutside();
        boolean forgets = ++turns % FORGET_TURNS == 0;
        getContext()
                .pipeToSelf(
                        CompletableFuture.supplyAsync(() -> read(own, seeks, forgets), around.executor()),
                        (read, failure) -> failure == null ? read : new Read(null, Set.of(), List.of(), failure));
        return this;
    }

    /** Blocks. */
    private Read read(SchedulerTable.Standing own, boolean seeks, boolean forgets) {
        try {
            Census census = around.table().tell(own);
            if (forgets) {
                around.table().forget();
            }
            if (!seeks || isAlone()) {
                return new Read(census, Set.of(), List.of(), null);
            }
            Set<String> refusing = decider.members(census).stream()
                    .map(Census.Row::address)
                    .filter(Refusals::at)
                    .collect(Collectors.toSet());
            return new Read(census, refusing, peers(census), null);
        } catch (SQLException | IOException e) {
            throw new CompletionException(e);
        }
    }

    /** Where a cluster was formed before, its database is enough to find it. */
    private List<String> peers(Census census) throws IOException {
        try {
            return around.discovery().peers().orElseThrow().addresses();
        } catch (IOException e) {
            if (census.formation() == 0) {
                throw e;
            }
            return List.of();
        }
    }

    private Behavior<Message> onRead(Read read) {
        Census census = read.census();
        if (census == null) {
            if (!databaseIsAway) {
                getContext().getLog().warn("can't look for other schedulers: {}", String.valueOf(read.failure()));
            }
            databaseIsAway = true;
        } else {
            databaseIsAway = false;
            if (isOutside()) {
                return seek(census, read);
            }
            stay(census);
        }
        nextTurn();
        return this;
    }

    private void nextTurn() {
        isAsking = false;
        leaving.ifPresentOrElse(this::leave, () -> timers.startSingleTimer(new Turn(), isAlone() ? TURN_ALONE : TURN));
    }

    private Behavior<Message> onLeave(Leave leave) {
        leaving = Optional.of(leave.done());
        timers.cancelAll();
        if (!isAsking) {
            leave(leave.done());
        }
        return this;
    }

    private void leave(CompletableFuture<Done> done) {
        around.executor().execute(() -> {
            try {
                around.table().leave(self, incarnation);
            } catch (SQLException e) {
                // It is found out by its silence, then.
            }
            done.complete(Done.getInstance());
        });
    }

    private boolean isAlone() {
        return around.discovery().peers().isEmpty();
    }

    /** Neither let in nor about to be: who forms a cluster has no other one to look for. */
    private boolean isOutside() {
        return formation == 0 && cluster.selfMember().status() == MemberStatus.removed();
    }

    private Behavior<Message> seek(Census census, Read read) {
        turnsSinceAsked++;
        FormingDecider.Step step = isAlone()
                ? new FormingDecider.Step.Form(census.formation())
                : decider.decide(census, read.peers(), read.refusing());
        switch (step) {
            case FormingDecider.Step.Ask(SortedSet<String> addresses) -> {
                if (!addresses.equals(asked) || turnsSinceAsked >= ASK_AGAIN_TURNS) {
                    asked = addresses;
                    turnsSinceAsked = 0;
                    getContext().getLog().info("asks {} to be let into the cluster", addresses);
                    cluster.manager()
                            .tell(new JoinSeedNodes(
                                    addresses.stream().map(this::address).toList()));
                }
                nextTurn();
            }
            case FormingDecider.Step.Form(long former) ->
                getContext()
                        .pipeToSelf(
                                CompletableFuture.supplyAsync(() -> form(former), around.executor()),
                                (first, failure) -> new Formed(former, failure == null && first));
        }
        return this;
    }

    /** Blocks. */
    private boolean form(long former) {
        try {
            return around.table().form(former, self, incarnation);
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }

    private Behavior<Message> onFormed(Formed formed) {
        if (formed.first()) {
            formation = formed.former() + 1;
            getContext().getLog().info("forms the cluster, number {} on this database", formation);
            cluster.manager().tell(Join.create(cluster.selfMember().address()));
        }
        nextTurn();
        return this;
    }

    /** A member learns from those that it is in a cluster with which formation that is. */
    private void stay(Census census) {
        if (formation == 0) {
            Set<String> others = new HashSet<>();
            for (Member member : cluster.state().getMembers()) {
                others.add(text(member.address()));
            }
            others.remove(self);
            OptionalLong theirs = census.schedulers().stream()
                    .filter(row -> others.contains(row.address()))
                    .mapToLong(Census.Row::formation)
                    .max();
            formation = theirs.orElse(0);
            turnsWithoutFormation = formation == 0 ? turnsWithoutFormation + 1 : 0;
        }
        if (census.formation() > formation && formation > 0) {
            end("another cluster was formed on this database while this one was not heard of");
        } else if (turnsWithoutFormation > FormingDecider.SILENT_TURNS) {
            end("the schedulers that let this one in have told the database nothing");
        }
    }

    private void end(String why) {
        if (isEnding) {
            return;
        }
        isEnding = true;
        getContext().getLog().error("this scheduler ends: {}", why);
        var unused =
                CoordinatedShutdown.get(getContext().getSystem()).runAll(CoordinatedShutdown.clusterDowningReason());
    }

    private Address address(String hostAndPort) {
        Address own = cluster.selfMember().address();
        return AddressFromURIString.parse(own.protocol() + "://" + own.system() + "@" + hostAndPort);
    }

    static String text(Address address) {
        return address.getHost().get() + ":" + address.getPort().get();
    }
}
