package dev.drover.planning;

import dev.drover.planning.input.Observations;
import dev.drover.planning.policy.Allowance;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.Payer;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.LeaseSpec;
import dev.drover.protocol.pool.PoolSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** Who has a budget, how it stands, and what it still pays for: docs/POLICIES.md, "Budgets". */
final class Budgets {
    private static final int HEARTBEATS_AT_LEAST = 5;

    private Budgets() {}

    static Optional<Money> limit(PoolState state, Payer payer) {
        return switch (payer) {
            case Payer.OfJob(JobId id) ->
                state.job(id).flatMap(job -> job.spec().scheduling().budget());
            case Payer.OfOwner(String owner) ->
                state.spec()
                        .flatMap(spec ->
                                Optional.ofNullable(spec.buying().ownerBudgets().get(owner)));
            case Payer.OfPool() -> state.spec().flatMap(spec -> spec.buying().budget());
        };
    }

    /** Whether anybody has one. */
    static boolean any(PoolState state) {
        return state.spec()
                        .map(PoolSpec::buying)
                        .filter(buying -> buying.budget().isPresent()
                                || !buying.ownerBudgets().isEmpty())
                        .isPresent()
                || !state.index().budgeted().isEmpty();
    }

    /** The job and its owner, as far as they have budgets. */
    static List<Payer> payers(PoolState state, Job job) {
        List<Payer> payers = new ArrayList<>(2);
        if (job.spec().scheduling().budget().isPresent()) {
            payers.add(new Payer.OfJob(job.id()));
        }
        Payer owner = new Payer.OfOwner(job.owner());
        if (limit(state, owner).isPresent()) {
            payers.add(owner);
        }
        return payers;
    }

    /** Whether the shard's owner has a budget. */
    static boolean hasOwners(PoolState state, Shard shard) {
        return state.job(shard.id().job())
                .flatMap(job -> limit(state, new Payer.OfOwner(job.owner())))
                .isPresent();
    }

    /** For how long a node is paid for, once it is to end: its shards save first, and one that is silent is given a lease. */
    static Duration untilEnded(PoolState state, Observations seen, Node node) {
        return grain(state).plus(Handoffs.margin(state, seen, node.id()));
    }

    /** What is new comes up and works for a tick before it is stopped again, else it would only cost. */
    private static Duration toStart(PoolState state) {
        return grain(state).plus(lease(state).noticeMargin()).plus(Billing.TICK);
    }

    /** How late it may be noticed that something still runs. */
    private static Duration grain(PoolState state) {
        Duration lease = lease(state).length();
        return lease.compareTo(Billing.TICK) > 0 ? lease : Billing.TICK;
    }

    private static LeaseSpec lease(PoolState state) {
        return state.spec().orElseThrow().lease();
    }

    /** What pays for a shard of the job on one more node. */
    static List<Allowance> forLaunch(Accounts accounts, Job job) {
        PoolState state = accounts.state();
        List<Allowance> all = new ArrayList<>();
        for (Payer payer : payers(state, job)) {
            all.add(allowance(accounts, payer, toStart(state)));
        }
        all.addAll(forSpare(accounts));
        return all;
    }

    /** What pays for one more node that is for nobody yet. */
    static List<Allowance> forSpare(Accounts accounts) {
        Payer pool = new Payer.OfPool();
        return limit(accounts.state(), pool).stream()
                .map(limit -> allowance(accounts, pool, toStart(accounts.state())))
                .toList();
    }

    /** Why the node, which has a slot for the shard, is not paid for; the pool pays for it in any case, and for a while more. */
    static Optional<Reason> refusal(Accounts accounts, Observations seen, Shard shard, Node node) {
        Job job = accounts.state().job(shard.id().job()).orElseThrow();
        List<Allowance> allowances = new ArrayList<>();
        for (Payer payer : payers(accounts.state(), job)) {
            allowances.add(allowance(accounts, payer, toStart(accounts.state())));
        }
        Payer pool = new Payer.OfPool();
        limit(accounts.state(), pool).ifPresent(limit -> allowances.add(allowance(accounts, pool, Billing.TICK)));
        return allowances.isEmpty() ? Optional.empty() : refusal(allowances, seen, job, node);
    }

    private static Optional<Reason> refusal(List<Allowance> allowances, Observations seen, Job job, Node node) {
        Resources need = job.spec().resources();
        for (Priced machine : machines(node, seen)) {
            for (Allowance allowance : allowances) {
                if (!allowance.covers(machine.pricePerHour(), machine.has(), need, 1)) {
                    return Optional.of(
                            allowance.refusal(machine.pricePerHour(), machine.has(), need, 1, hasDeadline(job)));
                }
            }
        }
        return Optional.empty();
    }

    private record Priced(Money pricePerHour, Resources has) {}

    /** What the node is, or may turn out to be. */
    private static List<Priced> machines(Node node, Observations seen) {
        return node.instance()
                .map(instance -> List.of(new Priced(instance.pricePerHour(), instance.resources())))
                .orElseGet(() -> offers(node.wanted(), seen).stream()
                        .map(offer -> new Priced(offer.pricePerHour(), offer.resources()))
                        .toList());
    }

    private static List<Offer> offers(List<Market> markets, Observations seen) {
        return markets.stream().map(seen.offers()::get).filter(Objects::nonNull).toList();
    }

    /** Why not all shards of a gang are paid for, where nodes of the first of these markets would be bought for them. */
    static Optional<Reason> refusal(Accounts accounts, Observations seen, Job gang, List<Market> markets) {
        Resources need = gang.spec().resources();
        int all = gang.shards().size();
        return offers(markets, seen).stream()
                .limit(1)
                .flatMap(offer -> forLaunch(accounts, gang).stream()
                        .filter(allowance -> !allowance.covers(offer.pricePerHour(), offer.resources(), need, all))
                        .map(allowance -> allowance.refusal(
                                offer.pricePerHour(), offer.resources(), need, all, hasDeadline(gang))))
                .findFirst();
    }

    static boolean hasDeadline(Job job) {
        return job.spec().scheduling().deadline().isPresent();
    }

    /** How the payer's budget stands, which there is. */
    static Allowance allowance(Accounts accounts, Payer payer, Duration holds) {
        PoolState state = accounts.state();
        Money limit = limit(state, payer).orElseThrow();
        Optional<Money> spent = spent(accounts, payer);
        Money none = Money.zero(spent.orElse(limit).currency());
        return new Allowance(
                whose(state, payer),
                limit,
                spent.orElse(none),
                accounts.of(payer).map(Accounts.Account::reserved).orElse(none),
                holds,
                payer instanceof Payer.OfPool);
    }

    /** Up to now, booked or not; absent for one who never paid for anything. */
    static Optional<Money> spent(Accounts accounts, Payer payer) {
        Optional<Money> booked = booked(accounts.state(), payer);
        Optional<Money> unbooked = accounts.of(payer).map(Accounts.Account::unbooked);
        return booked.map(money -> unbooked.map(money::plus).orElse(money)).or(() -> unbooked);
    }

    private static Optional<Money> booked(PoolState state, Payer payer) {
        return switch (payer) {
            case Payer.OfJob(JobId id) ->
                state.job(id).flatMap(job -> job.ledger().spent());
            case Payer.OfOwner(String owner) ->
                Optional.ofNullable(state.ledger().byOwner().get(owner));
            case Payer.OfPool() -> state.ledger().total().spent();
        };
    }

    private static String whose(PoolState state, Payer payer) {
        return switch (payer) {
            case Payer.OfJob(JobId id) -> "job " + id;
            case Payer.OfOwner(String owner) -> "owner " + owner;
            case Payer.OfPool() -> "pool " + state.spec().map(PoolSpec::name).orElseThrow();
        };
    }

    /** Whether what goes on could pass the budget before it is ended. A budget in another currency stops nothing that runs. */
    static boolean isPassing(Accounts accounts, Payer payer) {
        Optional<Accounts.Account> open = accounts.of(payer);
        if (open.isEmpty() || limit(accounts.state(), payer).isEmpty()) {
            return false;
        }
        Allowance stands = allowance(accounts, payer, Billing.TICK);
        return stands.limit().currency().equals(stands.spent().currency())
                && stands.spent()
                        .plus(stands.reserved())
                        .minus(open.get().stopping())
                        .isMoreThan(stands.limit());
    }

    /** Whether more is spent than it holds. */
    static boolean isSpent(Accounts accounts, Payer payer) {
        if (limit(accounts.state(), payer).isEmpty()) {
            return false;
        }
        Allowance stands = allowance(accounts, payer, Billing.TICK);
        return stands.limit().currency().equals(stands.spent().currency())
                && stands.spent().isMoreThan(stands.limit());
    }

    /** What was told to stop is taken to be ending for a tick; if it takes longer, it counts like what runs. */
    static boolean isJust(Instant stoppingSince, Instant now) {
        return now.isBefore(stoppingSince.plus(Billing.TICK));
    }

    /** When each budget that is being spent will have been, if nobody does anything about it; told up to {@code horizon}. */
    static PMap<Payer, Instant> ends(Accounts accounts, Instant now, Duration horizon) {
        PMap<Payer, Instant> ends = HashTreePMap.empty();
        for (Payer payer : accounts.payers()) {
            Allowance stands = allowance(accounts, payer, Billing.TICK);
            Money perHour = accounts.of(payer).map(Accounts.Account::perHour).orElseThrow();
            boolean isSpent = perHour.amount().signum() > 0
                    && perHour.currency().equals(stands.limit().currency());
            if (isSpent) {
                ends = ends.plus(payer, now.plus(lasts(stands.limit().minus(stands.spent()), perHour, horizon)));
            }
        }
        return ends;
    }

    /**
     * Until when the node may run with no scheduler to renew it: as the pool has it, less where a budget that pays for it is spent
     * before, with the time to save. Never so short that a few lost heartbeats end it.
     */
    static Instant runUntil(Draft draft, NodeId node) {
        LeaseSpec lease = draft.state().lease();
        Instant longest = draft.now().plus(lease.runUntil());
        if (draft.seen().moneyUntil().isEmpty()) {
            return longest;
        }
        Instant shortest = draft.now().plus(lease.heartbeat().multipliedBy(HEARTBEATS_AT_LEAST));
        Duration margin = Handoffs.margin(draft.state(), draft.seen(), node);
        return Stream.concat(
                        draft.state().placedOn(node).stream()
                                .map(shard ->
                                        draft.state().job(shard.id().job()).orElseThrow())
                                .flatMap(job -> payers(draft.state(), job).stream()),
                        Stream.of(new Payer.OfPool()))
                .map(draft.seen().moneyUntil()::get)
                .filter(Objects::nonNull)
                .map(end -> end.minus(margin))
                .map(end -> end.isBefore(shortest) ? shortest : end)
                .filter(longest::isAfter)
                .min(Comparator.naturalOrder())
                .orElse(longest);
    }

    private static Duration lasts(Money left, Money perHour, Duration horizon) {
        Money untilThen = perHour.perHourFor(horizon);
        if (!untilThen.isMoreThan(left)) {
            return horizon;
        }
        return left.amount().signum() <= 0
                ? Duration.ZERO
                : Duration.ofSeconds(left.amount()
                        .multiply(BigDecimal.valueOf(horizon.toSeconds()))
                        .divide(untilThen.amount(), 0, RoundingMode.DOWN)
                        .longValueExact());
    }
}
