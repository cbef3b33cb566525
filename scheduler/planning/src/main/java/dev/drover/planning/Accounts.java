package dev.drover.planning;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.Payer;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shard;
import dev.drover.planning.state.Shares;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What everybody who has a budget pays for at one moment: docs/POLICIES.md, "Budgets". Reckoned from the state's nodes when first
 * asked, so it costs nothing where there are no budgets, and kept up with the events of a decision. Nothing here is remembered.
 */
final class Accounts {
    private final Observations seen;
    private final Instant now;
    private final Map<NodeId, Map<Payer, Account>> byNode = new HashMap<>();
    private final Map<Payer, Account> sums = new LinkedHashMap<>();
    private final boolean ofEverybody;
    private PoolState state;
    private boolean reckoned;

    Accounts(PoolState state, Observations seen, Instant now) {
        this(state, seen, now, false);
    }

    private Accounts(PoolState state, Observations seen, Instant now, boolean ofEverybody) {
        this.state = state;
        this.seen = seen;
        this.now = now;
        this.ofEverybody = ofEverybody;
    }

    /** Those of everybody who pays, with a budget or without. */
    static Accounts ofEverybody(PoolState state, Observations seen, Instant now) {
        return new Accounts(state, seen, now, true);
    }

    /**
     * What is paid for nodes, or parts of them.
     *
     * @param unbooked since what was booked
     * @param perHour for instances that run
     * @param reserved until all of it can be ended
     * @param stopping the part of {@code reserved} for what has just been told to stop
     */
    record Account(Money unbooked, Money perHour, Money reserved, Money stopping) {
        Account plus(Account other) {
            return new Account(
                    unbooked.plus(other.unbooked),
                    perHour.plus(other.perHour),
                    reserved.plus(other.reserved),
                    stopping.plus(other.stopping));
        }

        private Account minus(Account other) {
            return new Account(
                    unbooked.minus(other.unbooked),
                    perHour.minus(other.perHour),
                    reserved.minus(other.reserved),
                    stopping.minus(other.stopping));
        }
    }

    /** Who pays for something now, and has a budget if these are not the accounts of everybody. */
    List<Payer> payers() {
        return List.copyOf(reckoned().keySet());
    }

    /** Absent for one who pays for nothing now, or of whom there is no account. */
    Optional<Account> of(Payer payer) {
        return Optional.ofNullable(reckoned().get(payer));
    }

    PoolState state() {
        return state;
    }

    /** To be told with the state before the event and the state after it. */
    void note(PoolEvent event, PoolState before, PoolState after) {
        state = after;
        if (!reckoned) {
            return;
        }
        switch (event) {
            case PoolEvent.OfPool ignored -> forget();
            case PoolEvent.OfJob e -> {
                if (e instanceof PoolEvent.JobCancelled || e instanceof PoolEvent.JobBudgetSet) {
                    forget();
                }
            }
            case PoolEvent.OfNode e -> reckon(e.node());
            case PoolEvent.OfShard e -> {
                Set<NodeId> places = new TreeSet<>();
                before.shard(e.shard()).ifPresent(shard -> addPlaces(shard, places));
                after.shard(e.shard()).ifPresent(shard -> addPlaces(shard, places));
                places.forEach(this::reckon);
            }
        }
    }

    private static void addPlaces(Shard shard, Set<NodeId> places) {
        shard.node().ifPresent(places::add);
        shard.target().ifPresent(places::add);
    }

    private void forget() {
        byNode.clear();
        sums.clear();
        reckoned = false;
    }

    private Map<Payer, Account> reckoned() {
        if (!reckoned) {
            reckoned = true;
            if (ofEverybody || Budgets.any(state)) {
                state.nodes().keySet().forEach(this::reckon);
            }
        }
        return sums;
    }

    private void reckon(NodeId id) {
        Map<Payer, Account> before = byNode.getOrDefault(id, Map.of());
        before.forEach((payer, account) -> sums.computeIfPresent(payer, (key, sum) -> sum.minus(account)));
        Map<Payer, Account> after = state.node(id).map(this::accounts).orElse(Map.of());
        after.forEach((payer, account) -> sums.merge(payer, account, Account::plus));
        byNode.put(id, after);
    }

    private Map<Payer, Account> accounts(Node node) {
        Map<Payer, Account> accounts = new LinkedHashMap<>();
        if (node.instance().isPresent()) {
            Node.Instance instance = node.instance().get();
            Duration unbooked = Duration.between(instance.billedTo(), now);
            add(
                    accounts,
                    node,
                    instance.resources(),
                    instance.pricePerHour(),
                    unbooked.isNegative() ? Duration.ZERO : unbooked,
                    instance.pricePerHour());
            return accounts;
        }
        // Whichever of them is obtained: each payer reserves for the one that is dearest to him.
        for (Market market : node.wanted()) {
            Offer offer = seen.offers().get(market);
            if (offer != null) {
                Map<Payer, Account> there = new LinkedHashMap<>();
                Money none = Money.zero(offer.pricePerHour().currency());
                add(there, node, offer.resources(), offer.pricePerHour(), Duration.ZERO, none);
                there.forEach((payer, account) -> accounts.merge(payer, account, Accounts::dearer));
            }
        }
        return accounts;
    }

    private static Account dearer(Account one, Account other) {
        return other.reserved().isMoreThan(one.reserved()) ? other : one;
    }

    private void add(
            Map<Payer, Account> accounts, Node node, Resources has, Money price, Duration unbooked, Money running) {
        Account whole = new Account(
                price.perHourFor(unbooked),
                running,
                price.perHourFor(Budgets.untilEnded(state, seen, node)),
                Money.zero(price.currency()));
        if (ofEverybody || Budgets.limit(state, new Payer.OfPool()).isPresent()) {
            boolean ends =
                    Handoffs.isShed(node) && (node.phase() == NodePhase.ENDING || Budgets.isJust(node.since(), now));
            accounts.put(new Payer.OfPool(), ends ? stopping(whole) : whole);
        }
        Shares shares = Shares.of(state, node, has);
        for (ShardId id : shares.weights().keySet()) {
            Shard shard = state.shard(id).orElseThrow();
            Account part = new Account(
                    shares.part(whole.unbooked(), id),
                    shares.part(whole.perHour(), id),
                    shares.part(whole.reserved(), id),
                    whole.stopping());
            Job job = state.job(id.job()).orElseThrow();
            boolean stops = shard.node().equals(Optional.of(node.id()))
                    && Handoffs.isStopping(node, shard)
                    && Budgets.isJust(Handoffs.stoppingSince(node, shard), now);
            for (Payer payer : payers(job)) {
                accounts.merge(payer, stops ? stopping(part) : part, Account::plus);
            }
        }
    }

    private List<Payer> payers(Job job) {
        return ofEverybody
                ? List.of(new Payer.OfJob(job.id()), new Payer.OfOwner(job.owner()))
                : Budgets.payers(state, job);
    }

    private static Account stopping(Account account) {
        return new Account(account.unbooked(), account.perHour(), account.reserved(), account.reserved());
    }
}
