package dev.drover.simulation.world.check;

import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.input.Input;
import dev.drover.planning.state.Job;
import dev.drover.planning.state.Node;
import dev.drover.planning.state.NodePhase;
import dev.drover.planning.state.Payer;
import dev.drover.planning.state.PoolState;
import dev.drover.planning.state.Shares;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.BuyingSpec;
import dev.drover.protocol.pool.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Spend never passes a budget by more than one billing tick of what was already running. The books are its own: an instance costs
 * from when the pool is told of it to its real end, at the prices that the provider has told. Whose part of a node is whose is the
 * pool's to say. What runs before an answer that gets lost is in nobody's books.
 *
 * <p>A pool that looks at the clock less often than each second is given that much more, to see that it must stop and that saving
 * takes too long. What is spent while the provider answers nothing, no controller runs, or the provider was told to end the
 * instance, is no fault of the pool, until there is money enough again to stop all that runs.
 */
final class BudgetChecker implements Checker {
    private static final Duration BILLING_TICK = Duration.ofMinutes(1);

    private final Duration grace;
    private final Map<Payer, Purse> purses = new LinkedHashMap<>();
    private final Map<NodeId, Offer> running = new LinkedHashMap<>();
    private final Map<Market, Money> told = new HashMap<>();
    private PoolState state = PoolState.EMPTY;
    private Instant readAt = Instant.MIN;
    private boolean cloudAway;
    private boolean controllerDown;

    /** {@code tick} is how often the pool looks at the clock. */
    BudgetChecker(Duration tick) {
        this.grace = BILLING_TICK.plus(tick.multipliedBy(2));
    }

    /** A budget, and what was spent of it. */
    private static final class Purse {
        private Money limit;
        private Money heldTo;
        private Money spent;
        private Money excused;
        private Money perHour;
        private Money mostPerHour;

        Purse(Money limit) {
            Money none = Money.zero(limit.currency());
            this.limit = limit;
            this.heldTo = limit;
            this.spent = none;
            this.excused = none;
            this.perHour = none;
            this.mostPerHour = none;
        }

        /** What is spent by then can't be taken back. */
        void setLimit(Money newLimit) {
            limit = newLimit;
            heldTo = spent.isMoreThan(newLimit) ? spent : newLimit;
        }

        void pay(Money cost, boolean isExcused) {
            spent = spent.plus(cost);
            excused = isExcused ? excused.plus(cost) : excused;
        }
    }

    /** Does something with each who pays for an instance, and his part of a sum. */
    private interface Payment {
        void of(Purse purse, Money part);
    }

    @Override
    public void happened(Instant at, Fact fact, Findings findings) {
        read(at);
        if (fact instanceof Fact.InstanceStarted(NodeId node, Offer offer)) {
            running.put(node, offer);
        } else if (fact instanceof Fact.InstanceEnded(NodeId node)) {
            running.remove(node);
        } else if (fact instanceof Fact.CloudAway(boolean away)) {
            cloudAway = away;
        } else if (fact instanceof Fact.ControllerCrashed) {
            controllerDown = true;
        } else if (fact instanceof Fact.ControllerRecovered) {
            controllerDown = false;
        }
    }

    @Override
    public void decided(Turn turn, Findings findings) {
        boolean isTick = turn.input() instanceof Input.Tick;
        if (turn.input() instanceof Input.OffersSeen seen) {
            read(turn.at());
            seen.offers().forEach(offer -> told.put(offer.market(), offer.pricePerHour()));
        } else if (isTick || !turn.decision().events().isEmpty()) {
            read(turn.at());
        }
        state = turn.after();
        turn.decision().events().forEach(this::note);
        if (isTick && !purses.isEmpty()) {
            judge(turn.at(), findings);
        }
    }

    private void note(PoolEvent event) {
        if (event instanceof PoolEvent.PoolConfigured configured) {
            note(configured.spec().buying());
        } else if (event instanceof PoolEvent.JobSubmitted submitted) {
            set(new Payer.OfJob(submitted.job()), submitted.spec().scheduling().budget());
        } else if (event instanceof PoolEvent.JobBudgetSet set) {
            set(new Payer.OfJob(set.job()), set.budget());
        } else if (event instanceof PoolEvent.JobArchived archived) {
            purses.remove(new Payer.OfJob(archived.job()));
        }
    }

    private void note(BuyingSpec buying) {
        purses.keySet()
                .removeIf(payer -> payer instanceof Payer.OfOwner(String owner)
                        && !buying.ownerBudgets().containsKey(owner));
        set(new Payer.OfPool(), buying.budget());
        buying.ownerBudgets().forEach((owner, budget) -> set(new Payer.OfOwner(owner), Optional.of(budget)));
    }

    private void set(Payer payer, Optional<Money> budget) {
        if (budget.isEmpty()) {
            purses.remove(payer);
        } else {
            purses.computeIfAbsent(payer, ignored -> new Purse(budget.get())).setLimit(budget.get());
        }
    }

    /** Reads all meters, and has what they show since the last reading paid. */
    private void read(Instant at) {
        if (!purses.isEmpty() && readAt.isBefore(at)) {
            Duration time = Duration.between(readAt, at);
            running.forEach((id, offer) -> known(id).ifPresent(node -> {
                boolean isExcused = cloudAway || controllerDown || node.phase() == NodePhase.ENDING;
                pay(node, offer, price(offer).perHourFor(time), (purse, part) -> purse.pay(part, isExcused));
            }));
        }
        readAt = at;
    }

    /** The pool knows of an instance once the provider has told it. */
    private Optional<Node> known(NodeId id) {
        return state.node(id).filter(node -> node.instance().isPresent());
    }

    private Money price(Offer offer) {
        return told.getOrDefault(offer.market(), offer.pricePerHour());
    }

    private void pay(Node node, Offer offer, Money sum, Payment payment) {
        to(new Payer.OfPool(), sum, payment);
        Shares shares = Shares.of(state, node, offer.resources());
        for (ShardId shard : shares.weights().keySet()) {
            Job job = state.job(shard.job()).orElseThrow();
            Money part = shares.part(sum, shard);
            to(new Payer.OfJob(job.id()), part, payment);
            to(new Payer.OfOwner(job.owner()), part, payment);
        }
    }

    private void to(Payer payer, Money part, Payment payment) {
        Purse purse = purses.get(payer);
        if (purse != null) {
            payment.of(purse, part);
        }
    }

    private void judge(Instant at, Findings findings) {
        purses.values().forEach(purse -> purse.perHour = Money.zero(purse.limit.currency()));
        running.forEach((id, offer) -> known(id)
                .ifPresent(node ->
                        pay(node, offer, price(offer), (purse, part) -> purse.perHour = purse.perHour.plus(part))));
        purses.forEach((payer, purse) -> judge(payer, purse, at, findings));
    }

    private void judge(Payer payer, Purse purse, Instant at, Findings findings) {
        if (!cloudAway && !purse.spent.plus(purse.perHour.perHourFor(toStop())).isMoreThan(purse.limit)) {
            purse.excused = Money.zero(purse.limit.currency());
        }
        Money counted = purse.spent.minus(purse.excused);
        if (!counted.isMoreThan(purse.heldTo)) {
            purse.mostPerHour = purse.perHour;
            return;
        }
        Money most = purse.heldTo.plus(purse.mostPerHour.perHourFor(grace));
        if (counted.isMoreThan(most)) {
            findings.report(
                    this,
                    at,
                    "%s has spent %s and %s that is excused, of %s; at most %s, where %s an hour ran when it was spent"
                            .formatted(payer, counted, purse.excused, purse.limit, most, purse.mostPerHour));
            purse.heldTo = counted;
        }
    }

    /** Time enough to end all that runs, silent nodes too. */
    private Duration toStop() {
        LeaseSpec lease = state.spec().orElseThrow().lease();
        return lease.length().plus(lease.noticeMargin()).plus(grace).multipliedBy(2);
    }
}
