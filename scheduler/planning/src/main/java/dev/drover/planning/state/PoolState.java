package dev.drover.planning.state;

import dev.drover.planning.event.PoolEvent;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
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
 * @param archived recently archived ids, so that a late repeat of a submission makes no second job
 * @param nodesRequested how many nodes were ever asked for; node ids derive from it
 * @param occupancy which shards are where; derived from the jobs
 */
public record PoolState(
        Optional<PoolSpec> spec,
        boolean paused,
        TreePMap<NodeId, Node> nodes,
        PMap<JobId, Job> jobs,
        TreePMap<Long, JobId> order,
        long jobsSubmitted,
        PMap<JobId, Instant> archived,
        long nodesRequested,
        PoolLedger ledger,
        Occupancy occupancy) {

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
            Occupancy.EMPTY);

    /** A state from its remembered parts, as a snapshot has them. */
    public static PoolState of(
            Optional<PoolSpec> spec,
            boolean paused,
            TreePMap<NodeId, Node> nodes,
            PMap<JobId, Job> jobs,
            TreePMap<Long, JobId> order,
            long jobsSubmitted,
            PMap<JobId, Instant> archived,
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
                Occupancy.of(jobs.values()));
    }

    public Optional<Node> node(NodeId id) {
        return Optional.ofNullable(nodes.get(id));
    }

    public Optional<Job> job(JobId id) {
        return Optional.ofNullable(jobs.get(id));
    }

    public Optional<Shard> shard(ShardId id) {
        return job(id.job())
                .filter(job -> id.index() < job.shards().size())
                .map(job -> job.shards().get(id.index()));
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

    /** Live shards that are on a node or promised one, each once. */
    public List<Shard> placedShards() {
        return occupancy.byNode().values().stream()
                .flatMap(Collection::stream)
                .distinct()
                .sorted()
                .map(this::shard)
                .flatMap(Optional::stream)
                .filter(Shard::isLive)
                .toList();
    }

    /** Jobs that have no live shard left. */
    public List<Job> endedJobs() {
        return occupancy.ended().stream()
                .map(this::job)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Live shards that run on the node. */
    public List<Shard> runningOn(NodeId node) {
        return on(node).filter(shard -> shard.node().equals(Optional.of(node))).toList();
    }

    /** Live shards whose next generation is to run on the node. */
    public List<Shard> targeting(NodeId node) {
        return on(node).filter(shard -> shard.target().equals(Optional.of(node)))
                .toList();
    }

    private Stream<Shard> on(NodeId node) {
        return occupancy.on(node).stream()
                .map(this::shard)
                .flatMap(Optional::stream)
                .filter(Shard::isLive);
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
                occupancy);
    }

    PoolState withPaused(boolean nowPaused) {
        return new PoolState(
                spec, nowPaused, nodes, jobs, order, jobsSubmitted, archived, nodesRequested, ledger, occupancy);
    }

    PoolState withNodes(TreePMap<NodeId, Node> newNodes) {
        return new PoolState(
                spec, paused, newNodes, jobs, order, jobsSubmitted, archived, nodesRequested, ledger, occupancy);
    }

    PoolState withNodeRequested() {
        return new PoolState(
                spec, paused, nodes, jobs, order, jobsSubmitted, archived, nodesRequested + 1, ledger, occupancy);
    }

    PoolState withNewJob(Job job) {
        return new PoolState(
                spec,
                paused,
                nodes,
                jobs.plus(job.id(), job),
                order.plus(jobsSubmitted, job.id()),
                jobsSubmitted + 1,
                archived,
                nodesRequested,
                ledger,
                occupancy.moved(null, job));
    }

    PoolState withJob(Job job) {
        return new PoolState(
                spec,
                paused,
                nodes,
                jobs.plus(job.id(), job),
                order,
                jobsSubmitted,
                archived,
                nodesRequested,
                ledger,
                occupancy.moved(jobs.get(job.id()), job));
    }

    PoolState withArchivedJob(JobId id, Instant at) {
        TreePMap<Long, JobId> rest = order;
        for (var entry : order.entrySet()) {
            if (entry.getValue().equals(id)) {
                rest = order.minus(entry.getKey());
                break;
            }
        }
        return new PoolState(
                spec,
                paused,
                nodes,
                jobs.minus(id),
                rest,
                jobsSubmitted,
                archived.plus(id, at),
                nodesRequested,
                ledger,
                occupancy.without(id));
    }

    PoolState withArchived(PMap<JobId, Instant> newArchived) {
        return new PoolState(
                spec, paused, nodes, jobs, order, jobsSubmitted, newArchived, nodesRequested, ledger, occupancy);
    }

    PoolState withLedger(PoolLedger newLedger) {
        return new PoolState(
                spec, paused, nodes, jobs, order, jobsSubmitted, archived, nodesRequested, newLedger, occupancy);
    }
}
