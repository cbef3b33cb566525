package dev.drover.planning;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.input.Effort;
import dev.drover.planning.input.Input;
import dev.drover.planning.state.Attempt;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.Occupancy;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.pcollections.PMap;

/**
 * What one input can have changed: the nodes, shards and jobs it is about, and those of the events that it has led to. Only these
 * are looked at, but on a tick, for what the clock alone makes due, and where prices or the pool's spec have changed: then it is
 * everything. Lives within one call of the decider.
 */
final class Agenda {
    private final Set<NodeId> nodes = new TreeSet<>();
    private final Set<ShardId> shards = new TreeSet<>();
    private final Set<JobId> jobs = new TreeSet<>();
    private final boolean isTick;
    private Optional<Looked> looked = Optional.empty();
    private boolean everything;
    private boolean supplyOrDemand;

    /** The nodes of {@code of}, as long as nothing is noted. */
    private record Looked(PMap<NodeId, Node> of, List<Node> nodes) {}

    private Agenda(boolean isTick) {
        this.isTick = isTick;
    }

    static Agenda of(Input input) {
        Agenda agenda = new Agenda(input instanceof Input.Tick);
        agenda.begin(input);
        return agenda;
    }

    /** For a look at all there is, whatever the input. */
    static Agenda ofEverything(Input input) {
        Agenda agenda = of(input);
        agenda.everything();
        return agenda;
    }

    private void begin(Input input) {
        switch (input) {
            case Input.Tick ignored -> everything();
            case Input.OffersSeen ignored -> everything();
            case Input.Asked ignored -> {}
            case Input.Launched launched -> supply(launched.node());
            case Input.LaunchRefused refused -> supply(refused.node());
            case Input.InstanceEnded ended -> supply(ended.node());
            case Input.AgentConnected connected -> nodes.add(connected.node());
            case Input.AgentDisconnected disconnected -> nodes.add(disconnected.node());
            case Input.StatusReported(AgentReport.Status status) -> nodes.add(status.node());
            case Input.CheckpointsRead read -> shards.add(read.shard());
            case Input.Failed(Effort effort, String ignored) -> begin(effort);
            case Input.Archived archived -> jobs.add(archived.job());
        }
    }

    private void begin(Effort effort) {
        switch (effort) {
            case Effort.Instance(NodeId node) -> nodes.add(node);
            case Effort.CheckpointRead(ShardId shard) -> shards.add(shard);
            case Effort.Archiving(JobId job) -> jobs.add(job);
            case Effort.Gathering(JobId job) -> jobs.add(job);
        }
    }

    private void everything() {
        everything = true;
        supplyOrDemand = true;
    }

    private void supply(NodeId node) {
        nodes.add(node);
        supplyOrDemand = true;
    }

    /** Takes down what {@code event} changes. To be told with the state before it and the state after it. */
    void note(PoolEvent event, PoolState before, PoolState after) {
        looked = Optional.empty();
        switch (event) {
            case PoolEvent.OfPool ignored -> everything();
            case PoolEvent.OfJob e -> note(e, before);
            case PoolEvent.OfNode e -> note(e);
            case PoolEvent.OfShard e -> note(e, before, after);
        }
    }

    private void note(PoolEvent.OfJob event, PoolState before) {
        switch (event) {
            case PoolEvent.JobSubmitted e -> {
                jobs.add(e.job());
                supplyOrDemand = true;
            }
            case PoolEvent.JobCancelled e -> {
                jobs.add(e.job());
                before.job(e.job()).map(Job::shards).orElse(List.of()).forEach(this::place);
                supplyOrDemand = true;
            }
            case PoolEvent.JobBudgetSet e -> {
                jobs.add(e.job());
                supplyOrDemand = true;
            }
            case PoolEvent.JobFinished e -> {
                jobs.add(e.job());
                supplyOrDemand |= !before.goingAfter(e.job()).isEmpty();
            }
            case PoolEvent.JobArchived e -> jobs.add(e.job());
            case PoolEvent.ArchivedForgotten ignored -> {}
        }
    }

    private void note(PoolEvent.OfNode event) {
        if (!(event instanceof PoolEvent.NodeBilled)) {
            supply(event.node());
        }
    }

    private void note(PoolEvent.OfShard event, PoolState before, PoolState after) {
        jobs.add(event.shard().job());
        before.shard(event.shard()).ifPresent(this::place);
        after.shard(event.shard()).ifPresent(this::place);
        supplyOrDemand |= switch (event) {
            case PoolEvent.ShardTargeted ignored -> true;
            case PoolEvent.TargetDropped ignored -> true;
            case PoolEvent.ShardGranted ignored -> true;
            case PoolEvent.ShardDetached ignored -> true;
            case PoolEvent.ShardAdopted ignored -> true;
            case PoolEvent.ShardFailed ignored -> true;
            case PoolEvent.ShardSucceeded ignored -> true;
            case PoolEvent.ShardStarted ignored -> false;
            case PoolEvent.ShardCaughtUp ignored -> false;
            case PoolEvent.CheckpointRejected ignored -> false;
            case PoolEvent.ShardPreempted ignored -> false;
        };
    }

    /** Where the shard is, is to be, and may come back from. */
    private void place(Shard shard) {
        shards.add(shard.id());
        shard.node().ifPresent(nodes::add);
        shard.target().ifPresent(nodes::add);
        shard.lastAttempt().map(Attempt::node).ifPresent(nodes::add);
    }

    /** Whether the input is a look at the clock. */
    boolean isTick() {
        return isTick;
    }

    /** Whether there may be more room than before, or more that needs it. */
    boolean hasSupplyOrDemand() {
        return supplyOrDemand;
    }

    /** The nodes to look at, by id. */
    List<Node> nodes(PoolState state) {
        if (looked.isEmpty() || looked.get().of() != state.nodes()) {
            looked = Optional.of(new Looked(
                    state.nodes(),
                    everything
                            ? List.copyOf(state.nodes().values())
                            : nodes.stream()
                                    .map(state::node)
                                    .flatMap(Optional::stream)
                                    .toList()));
        }
        return looked.get().nodes();
    }

    /**
     * The shards to look at that are to move, or to be told something: those of the nodes included, by id. Nothing is due for one that
     * runs, on a node that stays.
     */
    List<Shard> shards(PoolState state) {
        Occupancy placed = state.index().occupancy();
        Set<NodeId> unreplaced = state.index().roster().unreplaced();
        Map<ShardId, Shard> due = new TreeMap<>();
        Consumer<ShardId> look = id -> state.shard(id)
                .filter(shard -> shard.isUnsettled()
                        || shard.node().filter(unreplaced::contains).isPresent())
                .ifPresent(shard -> due.put(id, shard));
        (everything ? placed.unsettled() : shards).forEach(look);
        for (NodeId node : everything ? unreplaced : nodes) {
            placed.on(node).shards().forEach(look);
        }
        return List.copyOf(due.values());
    }

    /** The jobs to look at that are promised nodes, and others, by id. */
    List<Job> promisedJobs(PoolState state) {
        if (!everything && jobs.isEmpty()) {
            return List.of();
        }
        Set<JobId> promised = new TreeSet<>(jobs);
        if (everything) {
            state.index().occupancy().unsettled().forEach(shard -> promised.add(shard.job()));
        }
        return promised.stream().map(state::job).flatMap(Optional::stream).toList();
    }

    /** The jobs to look at that have no live shard left, by id. */
    List<Job> endedJobs(PoolState state) {
        if (everything) {
            return state.endedJobs();
        }
        return jobs.isEmpty()
                ? List.of()
                : jobs.stream()
                        .filter(state.index().ended()::contains)
                        .map(state::job)
                        .flatMap(Optional::stream)
                        .toList();
    }
}
