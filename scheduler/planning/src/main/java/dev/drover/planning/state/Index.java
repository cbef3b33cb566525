package dev.drover.planning.state;

import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.JobState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePSet;

/**
 * What a decision looks up, kept beside the state that it follows from, so that an input costs what it changes and not what
 * there is. Derived, never journalled: equal states have equal indexes, however they came about.
 *
 * @param ended jobs that have no live shard left
 * @param budgeted jobs that have a budget of their own
 * @param after which jobs wait for which
 * @param numbers the place of each job in the order of submission
 * @param archived the archived jobs, the longest archived first
 */
public record Index(
        Occupancy occupancy,
        Roster roster,
        TreePSet<JobId> ended,
        TreePSet<JobId> budgeted,
        Dependencies after,
        PMap<JobId, Long> numbers,
        TreePSet<Archived> archived) {
    static final Index EMPTY = new Index(
            Occupancy.EMPTY,
            Roster.EMPTY,
            TreePSet.empty(),
            TreePSet.empty(),
            Dependencies.NONE,
            HashTreePMap.empty(),
            TreePSet.empty());

    /** When a job was archived. */
    public record Archived(Instant at, JobId job) implements Comparable<Archived> {
        private static final Comparator<Archived> ORDER =
                Comparator.comparing(Archived::at).thenComparing(Archived::job);

        @Override
        public int compareTo(Archived other) {
            return ORDER.compare(this, other);
        }
    }

    static Index of(
            Map<NodeId, Node> nodes, PMap<JobId, Job> jobs, Map<Long, JobId> order, Map<JobId, ArchivedJob> archived) {
        Index index = EMPTY;
        for (Node node : nodes.values()) {
            index = index.withNode(node);
        }
        for (Map.Entry<Long, JobId> place : order.entrySet()) {
            Job job = jobs.get(place.getValue());
            index = job == null ? index : index.withJob(nodes, jobs, place.getKey(), job);
        }
        for (Map.Entry<JobId, ArchivedJob> entry : archived.entrySet()) {
            index = index.with(index.archived.plus(new Archived(entry.getValue().at(), entry.getKey())));
        }
        return index;
    }

    Index withNode(Node node) {
        return with(roster.with(node, occupancy.on(node.id())));
    }

    Index withNode(Node before, Node after) {
        Load load = occupancy.on(after.id());
        return with(roster.moved(before, load, after, load));
    }

    Index withoutNode(Node node) {
        return with(roster.without(node, occupancy.on(node.id())));
    }

    /** A job that was submitted as the {@code number}-th. */
    Index withJob(Map<NodeId, Node> nodes, PMap<JobId, Job> jobs, long number, Job job) {
        Index numbered = new Index(
                occupancy,
                roster,
                ended,
                budgeted,
                after.with(job, numbers, jobs),
                numbers.plus(job.id(), number),
                archived);
        return numbered.moved(nodes, job, List.of(), job.shards())
                .withEnded(job)
                .withBudget(job);
    }

    Index withJob(Map<NodeId, Node> nodes, PMap<JobId, Job> jobs, Job before, Job after) {
        List<Shard> gone = new ArrayList<>();
        List<Shard> come = new ArrayList<>();
        for (Shard is : after.shards()) {
            Shard was = before.shards().get(is.id().index());
            if (!Occupancy.isSame(was, is)) {
                gone.add(was);
                come.add(is);
            }
        }
        Index moved = come.isEmpty() ? this : moved(nodes, after, gone, come).withEnded(after);
        return after.finished().equals(Optional.of(JobState.SUCCEEDED)) ? moved.met(jobs, after.id()) : moved;
    }

    /** The job has another spec, but needs and awaits what it did. */
    Index withChangedJob(Map<NodeId, Node> nodes, Job before, Job after) {
        return moved(nodes, before, before.shards(), List.of())
                .moved(nodes, after, List.of(), after.shards())
                .withBudget(after);
    }

    /** The job has left. */
    Index withArchived(Map<NodeId, Node> nodes, PMap<JobId, Job> jobs, Job job, Instant at) {
        Index rest = moved(nodes, job, job.shards(), List.of()).met(jobs, job.id());
        return new Index(
                rest.occupancy,
                rest.roster,
                ended.minus(job.id()),
                budgeted.minus(job.id()),
                rest.after.without(job),
                numbers.minus(job.id()),
                archived.plus(new Archived(at, job.id())));
    }

    Index withoutArchived(JobId job, Instant at) {
        return with(archived.minus(new Archived(at, job)));
    }

    private Index with(Roster newRoster) {
        return new Index(occupancy, newRoster, ended, budgeted, after, numbers, archived);
    }

    private Index with(TreePSet<Archived> newArchived) {
        return new Index(occupancy, roster, ended, budgeted, after, numbers, newArchived);
    }

    private Index withEnded(Job job) {
        boolean over = job.shards().stream().noneMatch(Shard::isLive);
        return new Index(
                occupancy,
                roster,
                over ? ended.plus(job.id()) : ended.minus(job.id()),
                budgeted,
                after,
                numbers,
                archived);
    }

    private Index withBudget(Job job) {
        boolean has = job.spec().scheduling().budget().isPresent();
        TreePSet<JobId> all = has ? budgeted.plus(job.id()) : budgeted.minus(job.id());
        return new Index(occupancy, roster, ended, all, after, numbers, archived);
    }

    /** Nobody waits for {@code awaited} any more: jobs that waited for nothing else now need nodes. */
    private Index met(PMap<JobId, Job> jobs, JobId awaited) {
        Dependencies rest = after.met(awaited);
        Occupancy freed = occupancy;
        for (JobId follower : after.followers(awaited)) {
            Job job = Objects.requireNonNull(jobs.get(follower));
            if (rest.awaitedBy(job).isEmpty()) {
                freed = freed.freed(job, numbers.getOrDefault(follower, 0L));
            }
        }
        return new Index(freed, roster, ended, budgeted, rest, numbers, archived);
    }

    /** Shards of the job are as they {@code come}, and not as they have {@code gone}. */
    private Index moved(Map<NodeId, Node> nodes, Job job, List<Shard> gone, List<Shard> come) {
        long number = numbers.getOrDefault(job.id(), 0L);
        boolean held = !after.awaitedBy(job).isEmpty();
        Set<NodeId> touched = new TreeSet<>();
        Occupancy moved = occupancy;
        for (Shard shard : gone) {
            moved = moved.without(job, number, shard, held);
            touched.addAll(Occupancy.places(shard));
        }
        for (Shard shard : come) {
            moved = moved.with(job, number, shard, held);
            touched.addAll(Occupancy.places(shard));
        }
        Roster reckoned = roster;
        for (NodeId id : touched) {
            Node node = nodes.get(id);
            if (node != null) {
                reckoned = reckoned.moved(node, occupancy.on(id), node, moved.on(id));
            }
        }
        return new Index(moved, reckoned, ended, budgeted, after, numbers, archived);
    }
}
