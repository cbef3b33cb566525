package dev.drover.control;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.drover.persistence.cluster.SchedulerTable;
import dev.drover.persistence.journal.Database;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/** A scheduler of which there is nothing but its membership. */
final class BareMember implements AutoCloseable {
    final ActorSystem<Void> system;
    private final SchedulerTable table;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** @param settings before its own, in HOCON */
    BareMember(Database database, ClusterConfig cluster, String settings) {
        Config config = ConfigFactory.parseString(settings)
                .withFallback(database.pekkoConfig())
                .withFallback(cluster.systemConfig())
                .withFallback(ConfigFactory.load());
        table = SchedulerTable.open(database);
        system = ActorSystem.create(Behaviors.empty(), ClusterConfig.SYSTEM, config);
        Discovery discovery = new Discovery(table, cluster.peers(), () -> "");
        Membership.start(system, new Membership.Around(discovery, new Standing(), threads));
    }

    void watchPeers(Duration every, Predicate<Address> refuses) {
        ActorRef<PeerWatch.Message> unused = system.systemActorOf(
                PeerWatch.create(threads, PeerWatch.lease(system), every, refuses), "peer-watch", Props.empty());
    }

    Address address() {
        return Cluster.get(system).selfMember().address();
    }

    long up() {
        long up = 0;
        for (Member member : Cluster.get(system).state().getMembers()) {
            up += member.status() == MemberStatus.up() ? 1 : 0;
        }
        return up;
    }

    boolean isOver() {
        return system.getWhenTerminated().toCompletableFuture().isDone();
    }

    @Override
    public void close() {
        system.terminate();
        system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
        threads.shutdownNow();
        table.close();
    }
}
