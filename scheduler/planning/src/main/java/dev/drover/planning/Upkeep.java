package dev.drover.planning;

import dev.drover.planning.event.PoolEvent.ArchivedForgotten;
import dev.drover.planning.event.PoolEvent.JobCancelled;
import dev.drover.planning.event.PoolEvent.JobFinished;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.planning.policy.CapacityPolicy;
import dev.drover.planning.state.Index;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.JobState;
import dev.drover.protocol.job.ShardState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePSet;

/**
 * What a pool does by itself after every input, in a fixed order of steps. Each looks at what is on the draft's {@link Agenda}; what
 * is asked of the pool as a whole is asked only when the answer can have changed.
 */
final class Upkeep {
    /** How long a finished job's id is kept, so that a late repeat of its submission makes no second one. */
    static final Duration REMEMBER_ARCHIVED = Duration.ofHours(1);

    private final Membership membership;
    private final Placement placement;

    Upkeep(CapacityPolicy policy) {
        this.membership = new Membership();
        this.placement = new Placement(policy);
    }

    void run(Draft draft) {
        Billing.run(draft);
        membership.loseSilentNodes(draft);
        membership.giveUpJoining(draft);
        finishJobs(draft);
        membership.drainSurplus(draft);
        BudgetStops.run(draft);
        placement.dropDoomedTargets(draft);
        Gangs.letGoIncomplete(draft);
        placement.replaceLeaving(draft);
        placement.placeWaiting(draft);
        placement.reconsider(draft);
        placement.rebalance(draft);
        placement.keepWarm(draft);
        grantFirst(draft);
        membership.endUnneeded(draft);
        forgetArchived(draft);
    }

    /** A first generation continues from nothing, so there is nothing to read before it. A gang's shards are granted all at once. */
    private static void grantFirst(Draft draft) {
        for (Shard looked : draft.agenda().shards(draft.state())) {
            List<Shard> together = Gangs.with(draft.state(), looked);
            Shard first = together.getFirst();
            if (first.generation() == 0 && Grants.isDue(draft.state(), first)) {
                together.forEach(shard -> grantFirst(draft, shard));
            }
        }
    }

    private static void grantFirst(Draft draft, Shard shard) {
        draft.add(new ShardGranted(
                shard.nextLease(),
                shard.target().orElseThrow(),
                Optional.empty(),
                whyThere(draft, shard),
                draft.now()));
    }

    /** A node launched for the shard knows best why it is where it is. */
    private static Reason whyThere(Draft draft, Shard shard) {
        return shard.because()
                .filter(because -> because.code() == Code.FIRST_PLACEMENT)
                .or(() -> shard.target().flatMap(draft.state()::node).map(Node::because))
                .orElse(Grants.FIRST);
    }

    /** What goes after a job that did not succeed ends with it, and what goes after that, too. */
    private static void finishJobs(Draft draft) {
        for (List<Job> ended = newlyEnded(draft); !ended.isEmpty(); ended = newlyEnded(draft)) {
            ended.forEach(job -> finish(draft, job));
        }
    }

    private static List<Job> newlyEnded(Draft draft) {
        return draft.agenda().endedJobs(draft.state()).stream()
                .filter(Job::isLive)
                .toList();
    }

    private static void finish(Draft draft, Job job) {
        Shard telling = job.shards().stream()
                .filter(shard -> shard.state() != ShardState.SUCCEEDED)
                .findFirst()
                .orElse(job.shards().getLast());
        Reason reason = telling.because().orElse(Reason.of(Code.COMPLETED, "All shards have ended."));
        JobState outcome = outcome(job);
        draft.add(new JobFinished(job.id(), outcome, reason, draft.now()));
        if (outcome != JobState.SUCCEEDED) {
            String why = "it goes after job %s, which has %s.".formatted(job.id(), outcome);
            draft.state()
                    .goingAfter(job.id())
                    .forEach(follower -> draft.add(new JobCancelled(follower.id(), why, draft.now())));
        }
    }

    private static JobState outcome(Job job) {
        if (job.shards().stream().anyMatch(shard -> shard.state() == ShardState.CANCELLED)) {
            return JobState.CANCELLED;
        }
        return job.shards().stream().anyMatch(shard -> shard.state() == ShardState.FAILED)
                ? JobState.FAILED
                : JobState.SUCCEEDED;
    }

    private static void forgetArchived(Draft draft) {
        Instant oldest = draft.now().minus(REMEMBER_ARCHIVED);
        TreePSet<Index.Archived> archived = draft.state().index().archived();
        if (!archived.isEmpty() && archived.first().at().isBefore(oldest)) {
            List<JobId> old = archived.stream()
                    .takeWhile(job -> job.at().isBefore(oldest))
                    .map(Index.Archived::job)
                    .sorted()
                    .toList();
            draft.add(new ArchivedForgotten(old, draft.now()));
        }
    }
}
