package dev.drover.planning;

import dev.drover.planning.input.Input;
import dev.drover.planning.input.ObservationFold;
import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.CapacityPolicy;
import dev.drover.planning.policy.LadderPolicy;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.id.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The pool's mind: folds each input into a decision. Pure.
 *
 * <p>An input is first taken for what it says ({@link Intake}), then the pool looks after itself ({@link Upkeep}): loses silent
 * nodes, moves shards off leaving ones, places what waits, buys and ends capacity. What should be under way outside follows
 * from the resulting state ({@link Outstanding}). All of this looks only at what the input can have changed ({@link Agenda}); what
 * the clock alone makes due is found on the next tick.
 */
public final class PoolDecider {
    private final Upkeep upkeep;
    private final Views views;
    private final Intake intake;
    private final Outstanding outstanding;

    public PoolDecider() {
        this(new LadderPolicy());
    }

    public PoolDecider(CapacityPolicy policy) {
        this.upkeep = new Upkeep(policy);
        Waiting waiting = new Waiting(policy);
        this.views = new Views(waiting, new Plans(upkeep, waiting));
        this.intake = new Intake(new Commands(views));
        this.outstanding = new Outstanding(views);
    }

    /** Folds the volatile side of an input into the observations. To be called before {@link #decide} with the same input. */
    public Observations observe(Observations seen, PoolState state, Input input, Instant now) {
        Observations next = ObservationFold.observe(seen, state, input, now);
        return input instanceof Input.Tick && state.spec().isPresent()
                ? next.withMoneyUntil(Budgets.ends(
                        new Accounts(state, next, now),
                        now,
                        state.spec().get().lease().runUntil()))
                : next;
    }

    /** Decides on one input. {@code seen} already holds what the input showed. */
    public Decision decide(PoolState state, Observations seen, Input input, Instant now) {
        return decide(state, seen, input, now, Agenda.of(input));
    }

    /** Decides with a look at what is on the agenda. */
    Decision decide(PoolState state, Observations seen, Input input, Instant now, Agenda agenda) {
        if (input instanceof Input.Asked(PoolCommand.Query query)) {
            return new Decision(List.of(), List.of(), Optional.of(views.answer(state, seen, query, now)), state);
        }
        Draft draft = new Draft(state, seen, now, agenda);
        List<Intent> once = new ArrayList<>();
        Optional<PoolReply> reply = intake.take(draft, input, once);
        if (draft.state().spec().isPresent()) {
            upkeep.run(draft);
        }
        // A reply that shows a job shows it as it stands after the upkeep.
        Optional<PoolReply> shown = reply.map(answer -> answer instanceof PoolReply.Job job
                ? views.job(draft.state(), seen, job.job().id(), now)
                : answer);
        return new Decision(draft.events(), intents(state, draft, input, once), shown, draft.state());
    }

    /** Everything that should be under way, from state and observations alone. */
    public List<Intent> outstanding(PoolState state, Observations seen, Instant now) {
        return outstanding.intents(state, seen, now, Agenda.of(new Input.Tick()));
    }

    /**
     * What to hand out now: what this input made due; what is due for an agent that has just spoken, since it may have missed
     * it; and on a tick all of it.
     */
    private List<Intent> intents(PoolState before, Draft draft, Input input, List<Intent> once) {
        List<Intent> due = outstanding.intents(draft.state(), draft.seen(), draft.now(), draft.agenda());
        if (input instanceof Input.Tick) {
            once.addAll(due);
            return once;
        }
        Optional<NodeId> speaker = speaker(input);
        Set<Intent> already = new HashSet<>(
                draft.events().isEmpty()
                        ? due
                        : outstanding.intents(before, draft.seen(), draft.now(), draft.agenda()));
        for (Intent intent : due) {
            boolean answers = speaker.filter(node -> concerns(draft.state(), intent, node))
                    .isPresent();
            if (answers || !already.contains(intent)) {
                once.add(intent);
            }
        }
        return once;
    }

    private static Optional<NodeId> speaker(Input input) {
        return switch (input) {
            case Input.AgentConnected(NodeId node, String ignored) -> Optional.of(node);
            case Input.StatusReported(AgentReport.Status status) -> Optional.of(status.node());
            case Input.Asked ignored -> Optional.empty();
            case Input.Tick ignored -> Optional.empty();
            case Input.OffersSeen ignored -> Optional.empty();
            case Input.Launched ignored -> Optional.empty();
            case Input.LaunchRefused ignored -> Optional.empty();
            case Input.InstanceEnded ignored -> Optional.empty();
            case Input.AgentDisconnected ignored -> Optional.empty();
            case Input.CheckpointsRead ignored -> Optional.empty();
            case Input.Failed ignored -> Optional.empty();
            case Input.Archived ignored -> Optional.empty();
        };
    }

    /** Whether the intent tells the node something, or tells another node about a shard that is to move to this one. */
    private static boolean concerns(PoolState state, Intent intent, NodeId node) {
        if (!(intent instanceof Intent.TellAgent(NodeId told, AgentCommand command))) {
            return false;
        }
        return told.equals(node)
                || (command instanceof AgentCommand.HandOff handOff
                        && state.shard(handOff.lease().shard())
                                .flatMap(Shard::target)
                                .equals(Optional.of(node)));
    }
}
