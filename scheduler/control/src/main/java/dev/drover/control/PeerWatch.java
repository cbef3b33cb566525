package dev.drover.control;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;

/**
 * Takes a scheduler for dead whose host refuses connections to it: no process listens there any more. That is proof, which silence is
 * not, so nobody waits for the failure detector then. A host that is gone, frozen or cut off answers nothing, and is left to it.
 *
 * <p>A side that is not the majority takes nobody for dead: where a firewall refuses in both directions, one side goes on.
 */
final class PeerWatch extends AbstractBehavior<PeerWatch.Message> {
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final int CONNECT_MILLIS = 400;

    /** A restarting network may refuse once. */
    private static final int REFUSALS = 3;

    private final Cluster cluster;
    private final Executor executor;
    private final Map<Address, Integer> refusals = new HashMap<>();
    private boolean looking;

    private PeerWatch(ActorContext<Message> context, Executor executor) {
        super(context);
        this.cluster = Cluster.get(context.getSystem());
        this.executor = executor;
    }

    /** What the watch is told. */
    sealed interface Message {}

    private record Look() implements Message {}

    private record Looked(List<Address> refused) implements Message {}

    static Behavior<Message> create(Executor executor) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new Look(), LOOK_EVERY);
            return new PeerWatch(context, executor);
        }));
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Look.class, ignored -> onLook())
                .onMessage(Looked.class, this::onLooked)
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
                                    () -> peers.stream()
                                            .filter(PeerWatch::refuses)
                                            .toList(),
                                    executor),
                            (refused, failure) -> new Looked(failure == null ? refused : List.of()));
        }
        return this;
    }

    private static boolean refuses(Address peer) {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(peer.getHost().get(), peer.getPort().get()), CONNECT_MILLIS);
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Behavior<Message> onLooked(Looked looked) {
        looking = false;
        refusals.keySet().retainAll(looked.refused());
        looked.refused().forEach(peer -> refusals.merge(peer, 1, Integer::sum));
        List<Address> dead = refusals.entrySet().stream()
                .filter(peer -> peer.getValue() >= REFUSALS)
                .map(Map.Entry::getKey)
                .toList();
        int members = peers().size() + 1;
        if (2 * (members - dead.size()) > members) {
            dead.forEach(this::down);
        }
        return this;
    }

    private void down(Address peer) {
        getContext().getLog().warn("nobody listens at {} any more: that scheduler is taken for dead", peer);
        refusals.remove(peer);
        cluster.manager().tell(new Down(peer));
    }
}
