package dev.drover.planning.state;

import dev.drover.planning.event.PoolEvent;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * What the journal remembers of one pool. Bounded by live work: a finished job leaves it for the read model.
 *
 * @param spec absent until the pool is created
 * @param jobs live jobs and finished ones not yet archived, by id
 * @param order job ids by submission, oldest first
 * @param archived recently archived jobs, so that a late repeat of a submission makes no second one, and others can go after them
 * @param nodesRequested how many nodes were ever asked for; node ids derive from it
 * @param index what decisions look up; derived from all of the above
 */
public record PoolState(
        Optional<PoolSpec> spec,
        boolean paused,
        TreePMap<NodeId, Node> nodes,
        PMap<JobId, Job> jobs,
        TreePMap<Long, JobId> order,
        long jobsSubmitted,
        PMap<JobId, ArchivedJob> archived,
        long nodesRequested,
        PoolLedger ledger,
        Index index) {

    public static final PoolState EMPTY = new PoolState(
            Optional.empty(),
            false,
            TreePMap.empty(),
            HashTreePMap.empty(),
            TreePMap.empty(),
            0,
            HashTreePMap.empty(),
            0,
            PoolLedger.EMPTY,
            Index.EMPTY);

    /** What the pool asks of each of its agents. */
    public LeaseSpec lease() {
        return spec.map(PoolSpec::lease).orElse(LeaseSpec.DEFAULT).among(nodes.size());
    }

    /** A state from its remembered parts, as a snapshot has them. */
    public static PoolState of(
            Optional<PoolSpec> spec,
            boolean paused,
            TreePMap<NodeId, Node> nodes,
            PMap<JobId, Job> jobs,
            TreePMap<Long, JobId> order,
            long jobsSubmitted,
            PMap<JobId, ArchivedJob> archived,
            long nodesRequested,
            PoolLedger ledger) {
        return new PoolState(
                spec,
                paused,
                nodes,
                jobs,
                order,
                jobsSubmitted,
                archived,
                nodesRequested,
                ledger,
                Index.of(nodes, jobs, order, archived));
    }

    public Optional<Node> node(NodeId id) {
        return Optional.ofNullable(nodes.get(id));
    }

    public Optional<Job> job(JobId id) {
        return Optional.ofNullable(jobs.get(id));
    }

    public Optional<Shard> shard(ShardId id) {
        Job job = jobs.get(id.job());
        return job == null || id.index() >= job.shards().size()
                ? Optional.empty()
                : Optional.of(job.shards().get(id.index()));
    }

    /** Jobs, oldest first. */
    public Stream<Job> jobsInOrder() {
        return order.values().stream().map(jobs::get);
    }

    /** Every shard that has not ended, oldest job first. */
    public Stream<Shard> liveShards() {
        return jobsInOrder()
                .filter(Job::isLive)
                .flatMap(job -> job.shards().stream())
                .filter(Shard::isLive);
    }

    /** Live jobs that go after {@code awaited}, by id. */
    public List<Job> goingAfter(JobId awaited) {
        return index.after().followers(awaited).stream()
                .map(this::job)
                .flatMap(Optional::stream)
                .filter(Job::isLive)
                .toList();
    }

    /** Jobs that have no live shard left, by id. */
    public List<Job> endedJobs() {
        return index.ended().stream().map(this::job).flatMap(Optional::stream).toList();
    }

    /** Live shards that run on the node, by id. */
    public List<Shard> runningOn(NodeId node) {
        return placedOn(node, shard -> shard.node().equals(Optional.of(node)));
    }

    /** Live shards whose next generation is to run on the node, by id. */
    public List<Shard> targeting(NodeId node) {
        return placedOn(node, shard -> shard.target().equals(Optional.of(node)));
    }

    /** Live shards that are on the node or promised it, each once, by id. */
    public List<Shard> placedOn(NodeId node) {
        return placedOn(node, shard -> true);
    }

    /** Every input passes here, several times, and most nodes have a shard or two: no stream. */
    private List<Shard> placedOn(NodeId node, Predicate<Shard> which) {
        List<Shard> shards = new ArrayList<>();
        for (ShardId id : index.occupancy().on(node).shards()) {
            shard(id).filter(which).ifPresent(shards::add);
        }
        return Collections.unmodifiableList(shards);
    }

    /** Nodes with nothing on them and nothing promised, by id. */
    public List<Node> idleNodes() {
        return index.roster().idle().stream()
                .map(this::node)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Whether nothing is on the node and nothing is promised it. */
    public boolean isIdle(NodeId node) {
        return index.occupancy().on(node).isEmpty();
    }

    /** Folds one event. Pure, total, and never rejects: deciding happened before. */
    public PoolState apply(PoolEvent event) {
        return Fold.apply(this, event);
    }

    public PoolState applyAll(List<PoolEvent> events) {
        PoolState state = this;
        for (PoolEvent event : events) {
            state = state.apply(event);
        }
        return state;
    }

    // With-ers; package-private, for Fold only.

    PoolState withSpec(PoolSpec newSpec) {
        return new PoolState(
                Optional.of(newSpec),
                paused,
                nodes,
                jobs,
                order,
                jobsSubmitted,
                archived,
                nodesRequested,
                ledger,
                index);
    }

    PoolState withPaused(boolean nowPaused) {
        return new PoolState(
                spec, nowPaused, nodes, jobs, order, jobsSubmitted, archived, nodesRequested, ledger, index);
    }

    PoolState withNode(Node node) {
        Node before = nodes.get(node.id());
        return with(nodes.plus(node.id(), node), before == null ? index.withNode(node) : index.withNode(before, node));
    }

    /** A node that there is, of which only the bill has changed: the index holds no money. */
    PoolState withBooked(Node node) {
        return with(nodes.plus(node.id(), node), index);
    }

    PoolState withoutNode(NodeId id) {
        Node node = nodes.get(id);
        return node == null ? this : with(nodes.minus(id), index.withoutNode(node));
    }

    private PoolState with(TreePMap<NodeId, Node> newNodes, Index newIndex) {
        return new PoolState(
                spec, paused, newNodes, jobs, order, jobsSubmitted, archived, nodesRequested, ledger, newIndex);
    }

    PoolState withNodeRequested() {
        return new PoolState(
                spec, paused, nodes, jobs, order, jobsSubmitted, archived, nodesRequested + 1, ledger, index);
    }

    PoolState withNewJob(Job job) {
        return jobs.containsKey(job.id())
                ? this
                : new PoolState(
                        spec,
                        paused,
                        nodes,
                        jobs.plus(job.id(), job),
                        order.plus(jobsSubmitted, job.id()),
                        jobsSubmitted + 1,
                        archived,
                        nodesRequested,
                        ledger,
                        index.withJob(nodes, jobs, jobsSubmitted, job));
    }

    /** A job that there is, changed, but for its spec. */
    PoolState withJob(Job job) {
        Job before = jobs.get(job.id());
        return before == null ? this : with(jobs.plus(job.id(), job), index.withJob(nodes, jobs, before, job));
    }

    /** A job that there is, with another spec. */
    PoolState withChangedJob(Job job) {
        Job before = jobs.get(job.id());
        return before == null ? this : with(jobs.plus(job.id(), job), index.withChangedJob(nodes, before, job));
    }

    /** A job that there is, of which only the bill has changed: the index holds no money. */
    PoolState withBooked(Job job) {
        return with(jobs.plus(job.id(), job), index);
    }

    private PoolState with(PMap<JobId, Job> newJobs, Index newIndex) {
        return new PoolState(
                spec, paused, nodes, newJobs, order, jobsSubmitted, archived, nodesRequested, ledger, newIndex);
    }

    PoolState withArchivedJob(JobId id, Instant at) {
        Job job = jobs.get(id);
        Long number = index.numbers().get(id);
        return job == null || number == null
                ? this
                : new PoolState(
                        spec,
                        paused,
                        nodes,
                        jobs.minus(id),
                        order.minus(number),
                        jobsSubmitted,
                        archived.plus(id, new ArchivedJob(at, job.finished())),
                        nodesRequested,
                        ledger,
                        index.withArchived(nodes, jobs, job, at));
    }

    PoolState withoutArchived(List<JobId> ids) {
        PMap<JobId, ArchivedJob> rest = archived;
        Index forgotten = index;
        for (JobId id : ids) {
            ArchivedJob known = rest.get(id);
            rest = rest.minus(id);
            forgotten = known == null ? forgotten : forgotten.withoutArchived(id, known.at());
        }
        return new PoolState(spec, paused, nodes, jobs, order, jobsSubmitted, rest, nodesRequested, ledger, forgotten);
    }

    PoolState withLedger(PoolLedger newLedger) {
        return new PoolState(
                spec, paused, nodes, jobs, order, jobsSubmitted, archived, nodesRequested, newLedger, index);
    }
}
