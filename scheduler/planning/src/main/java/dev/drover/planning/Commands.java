package dev.drover.planning;

import dev.drover.planning.event.PoolEvent.JobBudgetSet;
import dev.drover.planning.event.PoolEvent.JobCancelled;
import dev.drover.planning.event.PoolEvent.JobSubmitted;
import dev.drover.planning.event.PoolEvent.NodeDraining;
import dev.drover.planning.event.PoolEvent.PoolConfigured;
import dev.drover.planning.event.PoolEvent.PoolPaused;
import dev.drover.planning.event.PoolEvent.PoolResumed;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.ArchivedJob;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.agent.AgentCommand;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.api.PoolReply;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.job.JobSpec;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Answers what the API asks to be changed. A refusal changes nothing. */
final class Commands {
    /** More nodes than anybody has asked for; a typing error, not a wish. */
    static final int MAX_NODES = 10_000;

    private static final PoolReply DONE = new PoolReply.Done();

    private final Views views;

    Commands(Views views) {
        this.views = views;
    }

    PoolReply take(Draft draft, PoolCommand command, List<Intent> once) {
        if (draft.state().spec().isEmpty() && !(command instanceof PoolCommand.ConfigurePool)) {
            return new PoolReply.NotFound("pool");
        }
        return switch (command) {
            case PoolCommand.ConfigurePool(PoolSpec spec) -> configure(draft, spec);
            case PoolCommand.ScalePool(int min, int max) ->
                configure(draft, draft.spec().withNodes(min, max));
            case PoolCommand.PausePool() -> {
                if (!draft.state().paused()) {
                    draft.add(new PoolPaused(draft.now()));
                }
                yield DONE;
            }
            case PoolCommand.ResumePool() -> {
                if (draft.state().paused()) {
                    draft.add(new PoolResumed(draft.now()));
                }
                yield DONE;
            }
            case PoolCommand.SubmitJob submit -> submit(draft, submit);
            case PoolCommand.SubmitJobs(List<PoolCommand.SubmitJob> jobs) -> submitAll(draft, jobs);
            case PoolCommand.CancelJob cancel -> cancel(draft, cancel);
            case PoolCommand.SetBudget(JobId job, Optional<Money> budget) -> setBudget(draft, job, budget);
            case PoolCommand.DrainNode(NodeId node) -> drain(draft, node);
            case PoolCommand.EvictNode(NodeId node, Optional<Duration> notice) -> evict(draft, node, notice, once);
            case PoolCommand.Query query -> views.answer(draft.state(), draft.seen(), query, draft.now());
        };
    }

    private static PoolReply configure(Draft draft, PoolSpec spec) {
        if (spec.minNodes() < 0 || spec.minNodes() > spec.maxNodes()) {
            return new PoolReply.Rejected("minNodes", "" + spec.minNodes(), "0 to maxNodes (" + spec.maxNodes() + ")");
        }
        if (spec.maxNodes() > MAX_NODES) {
            return new PoolReply.Rejected("maxNodes", "" + spec.maxNodes(), "0 to " + MAX_NODES);
        }
        Optional<PoolReply.Rejected> refusal = Currencies.refusal(draft.seen(), spec);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (!draft.state().spec().equals(Optional.of(spec))) {
            draft.add(new PoolConfigured(spec, draft.now()));
        }
        return DONE;
    }

    private PoolReply submit(Draft draft, PoolCommand.SubmitJob submit) {
        if (draft.state().archived().containsKey(submit.job())) {
            return DONE;
        }
        Optional<PoolReply.Rejected> refusal = refusal(draft, submit);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        accept(draft, submit);
        return views.job(draft.state(), draft.seen(), submit.job(), draft.now());
    }

    private static PoolReply submitAll(Draft draft, List<PoolCommand.SubmitJob> jobs) {
        for (int i = 0; i < jobs.size(); i++) {
            Optional<PoolReply.Rejected> refusal = refusal(draft, jobs.get(i));
            if (refusal.isPresent()) {
                return refusal.get().within("jobs[" + i + "]");
            }
        }
        jobs.forEach(job -> accept(draft, job));
        return DONE;
    }

    private static void accept(Draft draft, PoolCommand.SubmitJob submit) {
        if (!isKnown(draft.state(), submit.job())) {
            draft.add(new JobSubmitted(submit.job(), submit.spec(), submit.owner(), draft.now()));
        }
    }

    private static boolean isKnown(PoolState state, JobId job) {
        return state.jobs().containsKey(job) || state.archived().containsKey(job);
    }

    /** What was taken is not judged anew. */
    private static Optional<PoolReply.Rejected> refusal(Draft draft, PoolCommand.SubmitJob submit) {
        return isKnown(draft.state(), submit.job())
                ? Optional.empty()
                : refusal(draft.state(), draft.seen(), submit.spec());
    }

    /** Why the pool takes no such job. */
    static Optional<PoolReply.Rejected> refusal(PoolState state, Observations seen, JobSpec spec) {
        return spec.scheduling().after().stream()
                .flatMap(awaited -> refusal(state, awaited).stream())
                .findFirst()
                .or(() -> Currencies.refusal(
                        seen, state.spec().orElseThrow(), spec.scheduling().budget()));
    }

    /** Why no job can go after {@code awaited}. That it must be there makes circles impossible. */
    private static Optional<PoolReply.Rejected> refusal(PoolState state, JobId awaited) {
        Optional<JobState> outcome = state.job(awaited)
                .map(job -> job.finished().orElse(JobState.SUCCEEDED))
                .or(() -> Optional.ofNullable(state.archived().get(awaited)).flatMap(ArchivedJob::outcome));
        return outcome.equals(Optional.of(JobState.SUCCEEDED))
                ? Optional.empty()
                : Optional.of(new PoolReply.Rejected(
                        "after",
                        awaited + outcome.map(ended -> " (" + ended + ")").orElse(""),
                        "jobs of this pool that are live, or have succeeded within the last hour"));
    }

    private PoolReply cancel(Draft draft, PoolCommand.CancelJob cancel) {
        Optional<Job> job = draft.state().job(cancel.job());
        if (job.isEmpty()) {
            return new PoolReply.NotFound("job " + cancel.job());
        }
        if (job.get().isLive()) {
            Reason reason = Reason.of(Code.CANCELLED, "Cancelled: " + cancel.reason());
            job.get().shards().forEach(shard -> Moves.detach(draft, shard, reason));
            draft.add(new JobCancelled(cancel.job(), cancel.reason(), draft.now()));
        }
        return views.job(draft.state(), draft.seen(), cancel.job(), draft.now());
    }

    private PoolReply setBudget(Draft draft, JobId id, Optional<Money> budget) {
        Optional<Job> job = draft.state().job(id).filter(Job::isLive);
        if (job.isEmpty()) {
            return new PoolReply.NotFound("job " + id);
        }
        Optional<PoolReply.Rejected> refusal = Currencies.refusal(draft.seen(), draft.spec(), budget);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (!job.get().spec().scheduling().budget().equals(budget)) {
            draft.add(new JobBudgetSet(id, budget, draft.now()));
        }
        return views.job(draft.state(), draft.seen(), id, draft.now());
    }

    private static PoolReply drain(Draft draft, NodeId id) {
        Optional<Node> node = draft.state().node(id);
        if (node.isEmpty()) {
            return new PoolReply.NotFound("node " + id);
        }
        if (node.get().takesWork()) {
            Reason reason = Reason.of(Code.NODE_DRAINED, "An operator drains node " + id + ".", "node", id);
            draft.add(new NodeDraining(id, reason, draft.now()));
        }
        return DONE;
    }

    private static PoolReply evict(Draft draft, NodeId id, Optional<Duration> notice, List<Intent> once) {
        Optional<Node> node = draft.state().node(id);
        if (node.isEmpty()) {
            return new PoolReply.NotFound("node " + id);
        }
        if (node.get().phase() == NodePhase.LAUNCHING || node.get().phase() == NodePhase.ENDING) {
            return new PoolReply.Rejected(
                    "node",
                    id + " (" + node.get().phase() + ")",
                    "a node whose instance runs: JOINING, READY, DRAINING or LOST");
        }
        once.add(notice.<Intent>map(time -> new Intent.TellAgent(id, new AgentCommand.Drill(time)))
                .orElseGet(() -> new Intent.KillNode(id)));
        return DONE;
    }
}
