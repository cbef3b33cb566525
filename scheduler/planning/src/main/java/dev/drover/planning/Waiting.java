package dev.drover.planning;

import dev.drover.planning.input.Effort;
import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.CapacityPolicy;
import dev.drover.planning.policy.CapacityPolicy.Choice;
import dev.drover.planning.state.Attempt;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The plain answer to "why is it not running?", derived from the same state that the decisions see. */
final class Waiting {
    private final CapacityPolicy policy;

    /** {@code policy} is the one that decides, so that what is said and what is done can't differ. */
    Waiting(CapacityPolicy policy) {
        this.policy = policy;
    }

    /** From when on the shard may be placed: at once, but for one whose program failed or whose checkpoint can't be read. */
    static Instant retryAt(PoolSpec spec, Shard shard) {
        Optional<Attempt> last = shard.lastAttempt();
        Optional<Code> why = last.flatMap(Attempt::endedBecause).map(Reason::code);
        int failures = why.equals(Optional.of(Code.PROGRAM_FAILED))
                ? shard.failures()
                : Restores.failures(shard).size();
        return failures == 0
                ? shard.since()
                : last.flatMap(Attempt::endedAt)
                        .orElseThrow()
                        .plus(spec.backoff().after(failures));
    }

    /** Why the live shard is on no node. */
    Reason why(Accounts accounts, Observations seen, Shard shard, Instant now) {
        PoolState state = accounts.state();
        PoolSpec spec = state.spec().orElseThrow();
        if (shard.target().isPresent()) {
            return awaiting(state, seen, shard);
        }
        List<JobId> awaited =
                state.index().after().awaitedBy(state.job(shard.id().job()).orElseThrow());
        if (!awaited.isEmpty()) {
            String jobs = awaited.stream().map(JobId::toString).collect(Collectors.joining(", "));
            return Reason.of(Code.AFTER, "It goes after " + jobs + ", not succeeded so far.", "after", jobs);
        }
        if (state.paused()) {
            return Reason.of(
                    Code.POOL_PAUSED, "Pool " + spec.name() + " is paused by an operator.", "pool", spec.name());
        }
        Instant retryAt = retryAt(spec, shard);
        if (now.isBefore(retryAt)) {
            String last =
                    shard.cause().map(cause -> sentence(cause.text()) + " ").orElse("");
            return Reason.of(
                    Code.RETRYING,
                    last + "It is tried again at " + retryAt.truncatedTo(ChronoUnit.SECONDS) + ".",
                    "retryAt",
                    retryAt);
        }
        return Preemption.makingRoom(state, shard).orElseGet(() -> noSlot(accounts, seen, shard, now));
    }

    private Reason noSlot(Accounts accounts, Observations seen, Shard shard, Instant now) {
        PoolState state = accounts.state();
        PoolSpec spec = state.spec().orElseThrow();
        Optional<Choice> choice = Room.isLeft(state, Optional.empty())
                ? Optional.of(policy.choose(spec, Demands.of(state, accounts, seen, shard, now), seen, now))
                : Optional.empty();
        Optional<Choice.Launch> launch =
                choice.filter(Choice.Launch.class::isInstance).map(Choice.Launch.class::cast);
        Optional<Reason> unpaid = launch.isPresent() ? Optional.empty() : unpaidSlot(accounts, seen, shard);
        Reason alone = unpaid.or(() -> choice.map(Waiting::whyNotAtOnce)).orElseGet(() -> Placement.full(spec));
        if (Gangs.with(state, shard).size() == 1) {
            return alone;
        }
        Optional<Observations.Failing> gathering =
                seen.failing(new Effort.Gathering(shard.id().job())).filter(known -> now.isBefore(known.until()));
        return gathering.isPresent()
                ? Gangs.notGathered(state, shard, gathering.get())
                : launch.flatMap(first -> Budgets.refusal(
                                accounts, seen, state.job(shard.id().job()).orElseThrow(), first.markets()))
                        .orElseGet(() -> Gangs.missing(state, seen, shard, launch, alone));
    }

    /** Why the shard does not take room that there is. */
    private static Optional<Reason> unpaidSlot(Accounts accounts, Observations seen, Shard shard) {
        return Slots.firstWithRoom(accounts.state(), seen, shard, any -> true, Set.of())
                .flatMap(node -> Budgets.refusal(accounts, seen, shard, node));
    }

    private static Reason whyNotAtOnce(Choice choice) {
        return switch (choice) {
            case Choice.Wait(Reason because) -> because;
            case Choice.Launch ignored -> Reason.of(Code.STARTING, "It is about to be placed.");
        };
    }

    private static Reason awaiting(PoolState state, Observations seen, Shard shard) {
        Node node = shard.target().flatMap(state::node).orElseThrow();
        Optional<Observations.Failing> unread = seen.failing(new Effort.CheckpointRead(shard.id()));
        if (unread.isPresent()) {
            return Reason.of(
                    Code.STORE_UNREADABLE,
                    "Its checkpoints can't be read (%s); they are asked for again at %s, on and on."
                            .formatted(unread.get().cause(), unread.get().until()),
                    "retryAt",
                    unread.get().until(),
                    "failures",
                    unread.get().count());
        }
        Optional<Observations.Failing> launch = seen.failing(new Effort.Instance(node.id()));
        if (node.phase() == NodePhase.LAUNCHING && launch.isPresent()) {
            return launchFailing(node, launch.get());
        }
        Optional<Reason> others = Gangs.awaitingOthers(state, shard, node.id());
        if (node.phase() == NodePhase.READY && others.isPresent()) {
            return others.get();
        }
        if (node.phase() == NodePhase.READY) {
            return Reason.of(
                    Code.RESOLVING_CHECKPOINT,
                    "Node " + node.id() + " is ready; the newest checkpoint is being looked up.",
                    "node",
                    node.id());
        }
        String where = node.market()
                .or(() -> node.wanted().stream().findFirst())
                .map(Market::toString)
                .orElse("?");
        return Reason.of(
                Code.NODE_STARTING,
                isOthers(shard)
                        ? "Node %s is starting in %s for another shard, and has room for this one."
                                .formatted(node.id(), where)
                        : "Node %s is starting in %s: %s"
                                .formatted(node.id(), where, node.because().text()),
                "node",
                node.id(),
                "phase",
                node.phase());
    }

    /** Whether its node was not launched for it, so that what the node is there for says nothing of it. */
    private static boolean isOthers(Shard shard) {
        return shard.because()
                .filter(because -> because.code() == Code.FIRST_PLACEMENT)
                .isPresent();
    }

    private static Reason launchFailing(Node node, Observations.Failing launch) {
        return Reason.of(
                Code.LAUNCH_FAILING,
                "Node %s can't be launched (%s); the provider is asked again at %s, on and on."
                        .formatted(node.id(), launch.cause(), launch.until()),
                "node",
                node.id(),
                "retryAt",
                launch.until(),
                "failures",
                launch.count());
    }

    /** A program's own words may end without a full stop. */
    private static String sentence(String text) {
        return text.isEmpty() || ".!?".indexOf(text.charAt(text.length() - 1)) >= 0 ? text : text + ".";
    }
}
