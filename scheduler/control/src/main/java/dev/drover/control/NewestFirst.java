package dev.drover.control;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.sharding.ShardCoordinator;
import org.apache.pekko.util.Version;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Which scheduler pools run on: as Pekko does, but none stays on an older version where a newer one is there. What a newer version has
 * journalled an older one may be unable to read, so a pool goes forward only, and one that came to an older scheduler all the same,
 * since no newer one was left, does not stay down there once one is back.
 */
final class NewestFirst implements ShardCoordinator.ActorSystemDependentAllocationStrategy {
    /** In one look; a pool that moves is away for a moment. */
    private static final int MOST_AT_ONCE = 20;

    private final ShardCoordinator.ActorSystemDependentAllocationStrategy otherwise;
    private final Cluster cluster;

    /** @param otherwise where all are of one version; it has to prefer the newest where it allocates */
    NewestFirst(ActorSystem system, ShardCoordinator.ActorSystemDependentAllocationStrategy otherwise) {
        this.otherwise = otherwise;
        this.cluster = Cluster.get(system);
    }

    @Override
    public void start(ActorSystem system) {
        otherwise.start(system);
    }

    @Override
    public Future<ActorRef> allocateShard(
            ActorRef requester,
            String shard,
            scala.collection.immutable.Map<ActorRef, scala.collection.immutable.IndexedSeq<String>> allocated) {
        return otherwise.allocateShard(requester, shard, allocated);
    }

    @Override
    public Future<scala.collection.immutable.Set<String>> rebalance(
            scala.collection.immutable.Map<ActorRef, scala.collection.immutable.IndexedSeq<String>> allocated,
            scala.collection.immutable.Set<String> underWay) {
        Map<Version, List<String>> byVersion = shardsByVersion(CollectionConverters.asJava(allocated));
        if (byVersion.size() < 2) {
            return otherwise.rebalance(allocated, underWay);
        }
        Version newest = Collections.max(byVersion.keySet());
        List<String> behind = byVersion.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(newest))
                .flatMap(entry -> entry.getValue().stream())
                .filter(shard -> !underWay.contains(shard))
                .limit(MOST_AT_ONCE)
                .toList();
        return Future.successful(CollectionConverters.asScala(behind).toSet());
    }

    /** A region that is leaving counts for nobody. */
    private Map<Version, List<String>> shardsByVersion(
            Map<ActorRef, scala.collection.immutable.IndexedSeq<String>> allocated) {
        Map<Address, Version> versions = new HashMap<>();
        for (Member member : cluster.state().getMembers()) {
            versions.put(member.address(), member.appVersion());
        }
        return allocated.entrySet().stream()
                .flatMap(entry -> Stream.ofNullable(versions.get(address(entry.getKey())))
                        .map(version -> Map.entry(version, CollectionConverters.asJava(entry.getValue()))))
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey,
                        Collectors.flatMapping(entry -> entry.getValue().stream(), Collectors.toList())));
    }

    private Address address(ActorRef region) {
        Address address = region.path().address();
        return address.hasLocalScope() ? cluster.selfAddress() : address;
    }
}
