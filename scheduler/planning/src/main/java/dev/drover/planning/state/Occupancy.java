package dev.drover.planning.state;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePSet;

/**
 * Which shards are on each node or promised it, and which jobs have no live shard left: an index over the jobs, so that a pool
 * with many waiting shards looks only at the few that something can happen to. Derived, never journalled.
 */
public record Occupancy(PMap<NodeId, TreePSet<ShardId>> byNode, TreePSet<JobId> ended) {
    static final Occupancy EMPTY = new Occupancy(HashTreePMap.empty(), TreePSet.empty());

    static Occupancy of(Collection<Job> jobs) {
        Occupancy index = EMPTY;
        for (Job job : jobs) {
            index = index.moved(null, job);
        }
        return index;
    }

    /** In order of their ids. */
    Collection<ShardId> on(NodeId node) {
        return byNode.getOrDefault(node, TreePSet.empty());
    }

    Occupancy moved(@Nullable Job before, Job after) {
        PMap<NodeId, TreePSet<ShardId>> index = byNode;
        for (int i = 0; i < after.shards().size(); i++) {
            Shard now = after.shards().get(i);
            Optional<Shard> then = Optional.ofNullable(before)
                    .map(Job::shards)
                    .map(all -> all.get(now.id().index()));
            List<NodeId> left = then.map(Occupancy::places).orElse(List.of());
            List<NodeId> taken = places(now);
            if (left.equals(taken)) {
                continue;
            }
            for (NodeId node : left) {
                TreePSet<ShardId> rest =
                        index.getOrDefault(node, TreePSet.empty()).minus(now.id());
                index = rest.isEmpty() ? index.minus(node) : index.plus(node, rest);
            }
            for (NodeId node : taken) {
                index = index.plus(
                        node, index.getOrDefault(node, TreePSet.empty()).plus(now.id()));
            }
        }
        boolean over = after.shards().stream().noneMatch(Shard::isLive);
        return new Occupancy(index, over ? ended.plus(after.id()) : ended.minus(after.id()));
    }

    /** A job that ended has left. It was on no node any more. */
    Occupancy without(JobId job) {
        return new Occupancy(byNode, ended.minus(job));
    }

    private static List<NodeId> places(Shard shard) {
        return Stream.of(shard.node(), shard.target())
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }
}
