package dev.drover.control;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.apache.pekko.coordination.lease.javadsl.LeaseProvider;

/**
 * Takes a scheduler for dead whose host refuses connections to it: no process listens there any more. That is proof, which silence is
 * not, so nobody waits for the failure detector then. A host that is gone, frozen or cut off answers nothing, and is left to it.
 *
 * <p>A side that is not the majority takes nobody for dead, unless it gets the lease by which the split-brain resolver decides, too:
 * where a firewall refuses in both directions, one side goes on.
 */
final class PeerWatch extends AbstractBehavior<PeerWatch.Message> {
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    /** As long as the split-brain resolver holds it: the other side has decided by then. */
    private static final Duration RELEASE_AFTER = Duration.ofSeconds(20);

    /** A restarting network may refuse once. */
    private static final int REFUSALS = 3;

    /** Who refused is looked at again after this part of the usual time. */
    private static final int AGAIN_SOONER = 5;

    private static final String AGAIN = "again";

    private final Cluster cluster;
    private final TimerScheduler<Message> timers;
    private final Executor executor;
    private final Optional<Lease> lease;
    private final Predicate<Address> refuses;
    private final Duration again;
    private final Map<Address, Integer> refusals = new HashMap<>();
    private boolean looking;

    private PeerWatch(
            ActorContext<Message> context,
            TimerScheduler<Message> timers,
            Executor executor,
            Optional<Lease> lease,
            Duration lookEvery,
            Predicate<Address> refuses) {
        super(context);
        this.cluster = Cluster.get(context.getSystem());
        this.timers = timers;
        this.executor = executor;
        this.lease = lease;
        this.again = lookEvery.dividedBy(AGAIN_SOONER);
        this.refuses = refuses;
    }

    /** What the watch is told. */
    sealed interface Message {}

    private record Look() implements Message {}

    private record Looked(List<Address> refused) implements Message {}

    private record Asked(List<Address> dead, boolean allowed) implements Message {}

    private record Release() implements Message {}

    /** @param lease by which a side goes on that is not the majority; without one it never does */
    static Behavior<Message> create(Executor executor, Optional<Lease> lease) {
        return create(
                executor,
                lease,
                LOOK_EVERY,
                peer -> Refusals.at(peer.getHost().get(), peer.getPort().get()));
    }

    /** @param refuses whether connections to a peer are refused now; may block */
    static Behavior<Message> create(
            Executor executor, Optional<Lease> lease, Duration lookEvery, Predicate<Address> refuses) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new Look(), lookEvery);
            return new PeerWatch(context, timers, executor, lease, lookEvery, refuses);
        }));
    }

    /** The lease that the split-brain resolver of this system goes by, if it goes by one. */
    static Optional<Lease> lease(ActorSystem<?> system) {
        Config resolver = system.settings().config().getConfig("pekko.cluster.split-brain-resolver");
        return "lease-majority".equals(resolver.getString("active-strategy"))
                ? Optional.of(LeaseProvider.get(system)
                        .getLease(
                                resolver.getString("lease-majority.lease-name"),
                                resolver.getString("lease-majority.lease-implementation"),
                                Cluster.get(system).selfMember().address().hostPort()))
                : Optional.empty();
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Look.class, ignored -> onLook())
                .onMessage(Looked.class, this::onLooked)
                .onMessage(Asked.class, this::onAsked)
                .onMessage(Release.class, ignored -> onRelease())
                .build();
    }

    /** Those that are not taken for dead already. */
    private List<Address> peers() {
        List<Address> peers = new ArrayList<>();
        for (Member member : cluster.state().getMembers()) {
            if (!member.uniqueAddress().equals(cluster.selfMember().uniqueAddress())
                    && member.status() != MemberStatus.down()) {
                peers.add(member.address());
            }
        }
        return peers;
    }

    private Behavior<Message> onLook() {
        List<Address> peers = peers();
        if (!looking && !peers.isEmpty()) {
            looking = true;
            getContext()
                    .pipeToSelf(
                            CompletableFuture.supplyAsync(
                                    () -> peers.stream().filter(refuses).toList(), executor),
                            (refused, failure) -> new Looked(failure == null ? refused : List.of()));
        }
        return this;
    }

    private Behavior<Message> onLooked(Looked looked) {
        looking = false;
        refusals.keySet().retainAll(looked.refused());
        looked.refused().forEach(peer -> refusals.merge(peer, 1, Integer::sum));
        List<Address> dead = refusals.entrySet().stream()
                .filter(peer -> peer.getValue() >= REFUSALS)
                .map(Map.Entry::getKey)
                .toList();
        if (dead.size() < refusals.size()) {
            timers.startSingleTimer(AGAIN, new Look(), again);
        }
        int members = peers().size() + 1;
        if (2 * (members - dead.size()) > members) {
            dead.forEach(this::down);
        } else if (lease.isPresent()) {
            looking = true;
            getContext()
                    .pipeToSelf(lease.get().acquire(), (taken, failure) -> new Asked(dead, failure == null && taken));
        }
        return this;
    }

    private Behavior<Message> onAsked(Asked asked) {
        looking = false;
        if (asked.allowed()) {
            timers.startSingleTimer(new Release(), RELEASE_AFTER);
            asked.dead().forEach(this::down);
        }
        return this;
    }

    /** Not while the cluster is cut again: the resolver may hold the same lease for that. */
    private Behavior<Message> onRelease() {
        if (cluster.state().getUnreachable().isEmpty()) {
            lease.ifPresent(Lease::release);
        } else {
            timers.startSingleTimer(new Release(), RELEASE_AFTER);
        }
        return this;
    }

    private void down(Address peer) {
        getContext().getLog().warn("nobody listens at {} any more: that scheduler is taken for dead", peer);
        refusals.remove(peer);
        PeerDetector.isDead(peer);
        cluster.manager().tell(new Down(peer));
    }
}
