package dev.drover.planning.policy;

import dev.drover.planning.state.Shares;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a budget stands, for something new that would be paid from it: docs/POLICIES.md, "Budgets".
 *
 * @param whose in words, as {@code owner ann}
 * @param spent up to now, booked or not
 * @param reserved for what runs and what is being launched, until it can be ended
 * @param holds for how long something new must be paid for at least
 * @param paysNodes whether all of a node is paid from it, and not only what a shard takes of one
 */
public record Allowance(String whose, Money limit, Money spent, Money reserved, Duration holds, boolean paysNodes) {
    private static final int DECIMALS_SHOWN = 4;

    /** Whether it pays for a shard that needs {@code need} on a node as offered. What is priced in another currency it never does. */
    boolean covers(Offer offer, Resources need) {
        return covers(offer.pricePerHour(), offer.resources(), need, 1);
    }

    /** Whether it pays for that many shards on nodes of this price, with these resources. */
    public boolean covers(Money pricePerHour, Resources has, Resources need, int shards) {
        return isIn(pricePerHour.currency())
                && !committed().plus(needed(pricePerHour, has, need, shards)).isMoreThan(limit);
    }

    private boolean isIn(String currency) {
        return currency.equals(limit.currency())
                && currency.equals(spent.currency())
                && currency.equals(reserved.currency());
    }

    /** What is neither spent nor reserved; nothing where that is more than the budget. Absent where it is not in this currency. */
    public Optional<Money> left(String currency) {
        return isIn(currency)
                ? Optional.of(committed().isMoreThan(limit) ? Money.zero(currency) : limit.minus(committed()))
                : Optional.empty();
    }

    private Money committed() {
        return spent.plus(reserved);
    }

    private Money needed(Money pricePerHour, Resources has, Resources need, int shards) {
        Money perNode = pricePerHour.perHourFor(holds);
        int slots = Math.max(1, has.slotsFor(need));
        return paysNodes
                ? perNode.times((shards + slots - 1) / slots)
                : Shares.most(perNode, has, need).times(shards);
    }

    /** Why that many shards are not put on a node of this price. */
    public Reason refusal(Money pricePerHour, Resources has, Resources need, int shards, boolean hasDeadline) {
        List<Object> facts = new ArrayList<>(facts());
        if (!isIn(pricePerHour.currency())) {
            facts.addAll(List.of("currency", pricePerHour.currency()));
            return Reason.of(
                    Code.BUDGET,
                    "The budget of %s is in %s, and prices are in %s: it can't be held, so nothing is bought."
                            .formatted(whose, limit.currency(), pricePerHour.currency()),
                    facts.toArray());
        }
        Money needed = needed(pricePerHour, has, need, shards);
        facts.addAll(List.of("needed", needed, "price", pricePerHour));
        return Reason.of(
                Code.BUDGET,
                "%s At least %s would be needed on top, for %d s at %s/h.%s"
                        .formatted(
                                standing(), shown(needed), holds.toSeconds(), pricePerHour, overDeadline(hasDeadline)),
                facts.toArray());
    }

    /** Why what runs is stopped. */
    public Reason exhausted(boolean hasDeadline) {
        return Reason.of(
                Code.BUDGET, standing() + " So it saves and waits." + overDeadline(hasDeadline), facts().toArray());
    }

    private String standing() {
        return "The budget of %s is %s: %s are spent, and %s reserved for what runs or starts."
                .formatted(whose, limit, shown(spent), shown(reserved));
    }

    private static String overDeadline(boolean hasDeadline) {
        return hasDeadline ? " The budget wins over the deadline." : "";
    }

    private List<Object> facts() {
        return List.of("budget", whose, "limit", limit, "spent", spent, "reserved", reserved);
    }

    private static Money shown(Money money) {
        return new Money(money.amount().setScale(DECIMALS_SHOWN, RoundingMode.HALF_UP), money.currency());
    }
}
