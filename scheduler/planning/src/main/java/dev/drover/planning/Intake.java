package dev.drover.planning;

import dev.drover.planning.event.PoolEvent.CheckpointRejected;
import dev.drover.planning.event.PoolEvent.JobArchived;
import dev.drover.planning.event.PoolEvent.NodeGone;
import dev.drover.planning.event.PoolEvent.NodeLaunched;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.planning.event.PoolEvent.TargetDropped;
import dev.drover.planning.input.Input;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.agent.AgentReport;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.checkpoint.CheckpointRef;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Takes an input for what it says: records facts and answers commands. What follows from them is {@link Upkeep}'s. */
final class Intake {
    /** A reason stays readable, however much was damaged. */
    private static final int MOST_PASSED_OVER = 3;

    private final Commands commands;

    Intake(Commands commands) {
        this.commands = commands;
    }

    /**
     * Adds the events of {@code input} to the draft.
     *
     * @param once collects intents that are said once and not derived again: answers and drills
     */
    Optional<PoolReply> take(Draft draft, Input input, List<Intent> once) {
        switch (input) {
            case Input.Asked(PoolCommand command) -> {
                return Optional.of(commands.take(draft, command, once));
            }
            case Input.StatusReported(AgentReport.Status status) -> Reports.take(draft, status, once);
            case Input.AgentDisconnected(NodeId node, String ignored) -> {
                if (draft.state().node(node).flatMap(Node::instance).isPresent()) {
                    once.add(new Intent.ProbeNode(node));
                }
            }
            case Input.Launched launched -> launched(draft, launched, once);
            case Input.LaunchRefused refused -> refused(draft, refused);
            case Input.InstanceEnded(NodeId node, String evidence) -> ended(draft, node, evidence);
            case Input.CheckpointsRead read -> read(draft, read);
            case Input.Archived(JobId job) -> {
                if (draft.state().job(job).filter(known -> !known.isLive()).isPresent()) {
                    draft.add(new JobArchived(job, draft.now()));
                }
            }
            case Input.Failed ignored -> {}
            case Input.AgentConnected ignored -> {}
            case Input.OffersSeen ignored -> {}
            case Input.Tick ignored -> {}
        }
        return Optional.empty();
    }

    private static void launched(Draft draft, Input.Launched launched, List<Intent> once) {
        Optional<Node> node = draft.state().node(launched.node());
        if (node.isEmpty()) {
            // Given up meanwhile: an instance that nobody owns is not kept.
            once.add(new Intent.TerminateNode(launched.node()));
            return;
        }
        if (node.get().instance().isPresent()) {
            return;
        }
        draft.add(new NodeLaunched(
                launched.node(),
                launched.instanceId(),
                launched.market(),
                launched.pricePerHour(),
                launched.resources(),
                draft.now()));
        dropWhatDoesNotFit(draft, launched.node());
    }

    /** A smaller type than hoped for may have been obtained. */
    private static void dropWhatDoesNotFit(Draft draft, NodeId node) {
        for (Shard shard : draft.state().targeting(node)) {
            if (Slots.isOverfull(draft.state(), node)) {
                draft.add(new TargetDropped(
                        shard.id(),
                        Reason.of(
                                Code.NODE_STARTING, "Node " + node + " turned out to have fewer slots.", "node", node),
                        draft.now()));
            }
        }
    }

    private static void refused(Draft draft, Input.LaunchRefused refused) {
        Optional<Node> node = draft.state().node(refused.node());
        if (node.filter(known -> known.instance().isEmpty()).isEmpty()) {
            return;
        }
        String codes = refused.refusals().stream().map(Refusal::code).distinct().collect(Collectors.joining(", "));
        Reason reason = Reason.of(
                Code.LAUNCH_REFUSED,
                "None of %d markets gave an instance: %s."
                        .formatted(refused.refusals().size(), codes),
                "node",
                refused.node());
        Moves.dropTargets(draft, refused.node(), reason);
        draft.add(
                new dev.drover.planning.event.PoolEvent.LaunchRefused(refused.node(), refused.refusals(), draft.now()));
    }

    /** Proof: the instance is gone, whatever we thought of it. */
    private static void ended(Draft draft, NodeId id, String evidence) {
        Optional<Node> node = draft.state().node(id);
        if (node.isEmpty()) {
            return;
        }
        Reason reason = whyEnded(node.get(), evidence);
        Moves.detachAll(draft, id, reason);
        Moves.dropTargets(draft, id, reason);
        draft.add(new NodeGone(id, reason, draft.now()));
    }

    /** Only an end that we asked for has our reason: the cloud can take a node that is drained or silent, too. */
    private static Reason whyEnded(Node node, String evidence) {
        if (node.phase() == NodePhase.ENDING) {
            return node.leaving().orElse(node.because());
        }
        NodeId id = node.id();
        return node.notice().isPresent()
                ? Reason.of(Code.EVICTION_NOTICE, "Node " + id + " was evicted, as it had been told.", "node", id)
                : Reason.of(
                        Code.NODE_TERMINATED,
                        "Node %s is gone without notice: %s.".formatted(id, evidence),
                        "node",
                        id,
                        "evidence",
                        evidence);
    }

    private static void read(Draft draft, Input.CheckpointsRead read) {
        draft.state()
                .shard(read.shard())
                .filter(known -> known.generation() == read.generation())
                .filter(known -> known.since().equals(read.since()))
                .filter(known -> Grants.isDue(draft.state(), known))
                .filter(due -> due.missedIn(read.published(), read.passedOver()).isEmpty())
                .ifPresent(due -> answered(draft, due, read));
    }

    /** The commit rule: the newest valid manifest of a generation up to the current one is where the next continues. */
    private static void answered(Draft draft, Shard due, Input.CheckpointsRead read) {
        Optional<CheckpointRef> doubted = Restores.doubted(due).filter(read.published()::contains);
        if (doubted.isPresent() && read.flaw().isEmpty()) {
            draft.add(new TargetDropped(due.id(), itIsTheNode(due, doubted.get()), draft.now()));
            return;
        }
        doubted.ifPresent(bad -> draft.add(new CheckpointRejected(
                new Lease(due.id(), due.generation()),
                bad,
                invalid(bad, read.flaw().orElseThrow()),
                draft.now())));
        Shard shard = draft.state().shard(due.id()).orElseThrow();
        draft.add(new ShardGranted(
                shard.nextLease(),
                shard.target().orElseThrow(),
                shard.resumePoint(read.published()),
                because(shard, read.passedOver()),
                draft.now()));
    }

    private static Reason invalid(CheckpointRef bad, String flaw) {
        return Reason.of(
                Code.CHECKPOINT_REJECTED,
                "The checkpoint of step %d is not valid (%s); the newest valid one before it is used."
                        .formatted(bad.step(), flaw),
                "step",
                bad.step(),
                "generation",
                bad.lease().generation());
    }

    private static Reason itIsTheNode(Shard due, CheckpointRef valid) {
        NodeId node = due.target().orElseThrow();
        return Reason.of(
                Code.RESTORE_FAILED,
                "The checkpoint of step %d is valid, as the scheduler reads it, so it is node %s that fails."
                        .formatted(valid.step(), node),
                "step",
                valid.step(),
                "node",
                node);
    }

    /** Why the shard moves, and which checkpoints it can't continue from. */
    private static Reason because(Shard due, List<String> passedOver) {
        Reason moves = due.because().orElse(Grants.FIRST);
        if (passedOver.isEmpty()) {
            return moves;
        }
        String files = String.join("; ", passedOver.subList(0, Math.min(passedOver.size(), MOST_PASSED_OVER)));
        Map<String, String> facts = new TreeMap<>(moves.facts());
        facts.put("passedOver", files);
        return new Reason(
                moves.code(), moves.text() + " Not a valid checkpoint and passed over: " + files + ".", facts);
    }
}
