package dev.drover.planning.policy;

import dev.drover.planning.input.Observations;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.json.DurationText;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.PoolSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** What {@link LadderPolicy} says of its choices. */
final class Explanations {
    private static final String LATE = "The deadline can't be met any more, and on demand it is missed by least";

    private Explanations() {}

    static Reason noOffers(PoolSpec pool) {
        return Reason.of(
                Code.NO_OFFERS,
                "The provider " + pool.provider() + " has not told its prices yet.",
                "provider",
                pool.provider());
    }

    /** No rung has a market: the shard is too large, or the ladder too narrow. */
    static Reason nothingFits(PoolSpec pool, Demand demand, Observations seen) {
        Resources need = demand.need();
        Optional<Offer> fits = seen.offers().values().stream()
                .filter(offer -> Rung.isOf(pool, offer))
                .filter(offer -> offer.resources().slotsFor(need) > 0)
                .findFirst();
        if (fits.isEmpty()) {
            return noMatch(pool, need, seen);
        }
        boolean narrowed = !demand.ladder().isEmpty() || !pool.buying().ladder().isEmpty();
        return narrowed ? offTheLadder(pool, fits.get()) : notSold(pool, fits.get());
    }

    private static Reason noMatch(PoolSpec pool, Resources need, Observations seen) {
        String types = seen.offers().values().stream()
                .map(offer -> offer.market().instanceType() + " ("
                        + offer.resources().count() + " x " + offer.resources().accelerator() + ", "
                        + offer.resources().memory() + ")")
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return Reason.of(
                Code.NO_MATCHING_TYPE,
                "No instance type of pool %s has %d x %s and %s for a shard; the provider offers %s."
                        .formatted(pool.name(), need.count(), need.accelerator(), need.memory(), types),
                "accelerator",
                need.accelerator(),
                "count",
                need.count(),
                "memory",
                need.memory());
    }

    private static Reason notSold(PoolSpec pool, Offer fits) {
        return Reason.of(
                Code.NO_MATCHING_TYPE,
                "Pool %s is %s, and %s is not sold that way; another mode or instance type would do."
                        .formatted(pool.name(), pool.mode(), fits.market().instanceType()),
                "mode",
                pool.mode());
    }

    private static Reason offTheLadder(PoolSpec pool, Offer fits) {
        return Reason.of(
                Code.NO_MATCHING_TYPE,
                "No rung of the ladder has a market in pool %s, which is %s; %s would fit."
                        .formatted(pool.name(), pool.mode(), fits.market()),
                "mode",
                pool.mode(),
                "market",
                fits.market());
    }

    static Reason spot(Rung rung, List<Rung> rungs) {
        Offer best = rung.open().getFirst();
        long closed = rungs.stream()
                        .takeWhile(passed -> !passed.spec().equals(rung.spec()))
                        .mapToLong(Explanations::closed)
                        .sum()
                + closed(rung);
        String next = rung.open().size() > 1
                ? "; next is %s at %s/h"
                        .formatted(
                                rung.open().get(1).market(), rung.open().get(1).pricePerHour())
                : "";
        String passed = closed > 0 ? "; %d spot markets that refused lately are left alone".formatted(closed) : "";
        return Reason.of(
                closed > 0 ? Code.OTHER_ZONE : Code.CHEAPEST_SPOT,
                "Spot in %s at %s/h comes first of %d open spot markets%s%s."
                        .formatted(
                                best.market(), best.pricePerHour(), rung.open().size(), next, passed),
                "market",
                best.market(),
                "price",
                best.pricePerHour(),
                "slots",
                best.resources().slotsFor(rung.need()));
    }

    /** How many of its markets are left alone. */
    private static long closed(Rung rung) {
        return (long) rung.affordable().size()
                - rung.open().size()
                - rung.unpaid().size();
    }

    static Reason onDemandMode(Offer best) {
        return Reason.of(
                Code.ON_DEMAND_MODE,
                "The pool buys on demand; %s is first, at %s/h.".formatted(best.market(), best.pricePerHour()),
                "market",
                best.market());
    }

    static Reason fallback(Offer best, List<Rung> rungs) {
        String why = rungs.stream().anyMatch(Rung::isSpot) ? "No spot market is open" : "The ladder has no spot";
        return Reason.of(
                Code.FALLBACK,
                "%s, so on demand: %s at %s/h.".formatted(why, best.market(), best.pricePerHour()),
                "market",
                best.market(),
                "price",
                best.pricePerHour());
    }

    static Reason switchBack(Offer best, Money onDemandPrice) {
        return Reason.of(
                Code.SWITCH_BACK,
                "Spot is back: %s at %s/h instead of %s/h on demand pays for the changeover."
                        .formatted(best.market(), best.pricePerHour(), onDemandPrice),
                "market",
                best.market(),
                "price",
                best.pricePerHour(),
                "onDemandPrice",
                onDemandPrice);
    }

    static Reason awaitsFallback(PoolSpec pool, Instant from) {
        return Reason.of(
                Code.WAITS_FOR_SPOT,
                "No spot market is open; without one the pool buys on demand at %s, after %d s."
                        .formatted(
                                from.truncatedTo(ChronoUnit.SECONDS),
                                pool.buying().fallbackAfter().toSeconds()),
                "fallbackAt",
                from,
                "fallbackAfter",
                pool.buying().fallbackAfter());
    }

    /** Why a purchase policy has it so, for what has a deadline. */
    static Reason paced(Purchase purchase, Situation situation, Optional<Offer> bought) {
        String left = "%s of work are left, and %s until the deadline"
                .formatted(text(situation.workLeft()), text(situation.timeLeft()));
        String where = bought.map(offer -> " %s at %s/h.".formatted(offer.market(), offer.pricePerHour()))
                .orElse("");
        Code code = switch (purchase) {
            case Purchase.Nothing ignored -> Code.WAITS_FOR_SPOT;
            case Purchase.Spot ignored -> Code.SWITCH_BACK;
            case Purchase.OnDemand(Purchase.Why why) -> onDemand(why);
        };
        return Reason.of(
                code,
                "%s: %s.%s".formatted(isLate(purchase, situation) ? LATE : text(purchase.why()), left, where),
                "workLeft",
                situation.workLeft(),
                "timeLeft",
                situation.timeLeft(),
                "policyWhy",
                purchase.why());
    }

    private static boolean isLate(Purchase purchase, Situation situation) {
        return purchase.why() == Purchase.Why.DEADLINE_NEAR
                && situation.workLeft().compareTo(situation.timeLeft()) > 0;
    }

    private static String text(Purchase.Why why) {
        return switch (why) {
            case STAYS -> "It stays where it is";
            case SPOT_OPEN -> "Spot is to be had, and there is time to change over";
            case SPOT_CHEAPER -> "Spot is so much cheaper elsewhere that the changeover pays";
            case SPOT_AWAITED -> "No spot market is open, and there is time to wait for one";
            case BEHIND_SCHEDULE -> "No spot market is open, and less is done than is due by now";
            case SWITCH_NOT_WORTH_IT -> "Spot is not expected to last long enough to pay";
            case WAITING_NOT_WORTH_IT -> "To wait for spot is expected to cost more than on demand";
            case DEADLINE_NEAR -> "Only on demand is it sure that the deadline is met";
        };
    }

    private static Code onDemand(Purchase.Why why) {
        return switch (why) {
            case BEHIND_SCHEDULE -> Code.BEHIND_SCHEDULE;
            case DEADLINE_NEAR -> Code.DEADLINE_NEAR;
            case SWITCH_NOT_WORTH_IT, WAITING_NOT_WORTH_IT -> Code.ON_DEMAND_CHEAPER;
            case STAYS, SPOT_OPEN, SPOT_CHEAPER, SPOT_AWAITED -> Code.FALLBACK;
        };
    }

    private static String text(Duration time) {
        return DurationText.format(time.truncatedTo(ChronoUnit.SECONDS));
    }

    /** There are markets, and none of them may be asked now: for want of capacity, or for its price. */
    static Reason nothingToBuy(PoolSpec pool, List<Rung> rungs, Demand demand, Observations seen, Instant now) {
        Optional<Rung> spentUp = rungs.stream().filter(Rung::isSpentUp).findFirst();
        if (spentUp.isPresent()) {
            return spentUp(spentUp.get(), demand);
        }
        List<Offer> affordable = rungs.stream()
                .flatMap(rung -> rung.affordable().stream())
                .distinct()
                .toList();
        if (affordable.isEmpty()) {
            return tooDear(pool, rungs);
        }
        List<Offer> paid = rungs.stream()
                .flatMap(rung -> rung.affordable().stream()
                        .filter(offer -> !rung.unpaid().contains(offer)))
                .distinct()
                .toList();
        return paid.isEmpty() ? unpaid(rungs, demand) : noCapacity(paid, affordable.size() - paid.size(), seen, now);
    }

    static Reason spentUp(Rung rung, Demand demand) {
        Money limit = rung.spec().spendLimit().orElseThrow();
        Money spent = demand.spent().getOrDefault(rung.spec().capacityType(), Money.zero(limit.currency()));
        return Reason.of(
                Code.SPEND_LIMIT,
                "%s was spent %s, of at most %s; what is open now could pass that before it is noticed."
                        .formatted(spent, rung.isSpot() ? "on spot" : "on demand", limit),
                "spent",
                spent,
                "limit",
                limit);
    }

    /** Told of the cheapest: what is not enough for that is enough for nothing. */
    private static Reason unpaid(List<Rung> rungs, Demand demand) {
        Rung rung = rungs.stream()
                .filter(other -> !other.unpaid().isEmpty())
                .findFirst()
                .orElseThrow();
        Offer cheapest = rung.unpaid().stream()
                .min(Comparator.comparingDouble(rung::pricePerSlot))
                .orElseThrow();
        return demand.budgets().stream()
                .filter(budget -> !budget.covers(cheapest, rung.need()))
                .findFirst()
                .orElseThrow()
                .refusal(
                        cheapest.pricePerHour(),
                        cheapest.resources(),
                        rung.need(),
                        1,
                        demand.pace().isPresent());
    }

    private static Reason tooDear(PoolSpec pool, List<Rung> rungs) {
        Rung first = rungs.stream()
                .filter(rung -> !rung.tooDear().isEmpty())
                .findFirst()
                .orElseThrow();
        Offer cheapest = first.tooDear().stream()
                .min(Comparator.comparing(offer -> offer.pricePerHour().amount()))
                .orElseThrow();
        Money cap = first.spec().maxPrice().orElseThrow();
        return Reason.of(
                Code.PRICE_CAP,
                "All that pool %s may buy is above its price cap: the cheapest of the first rung is %s at %s/h, allowed is %s/h."
                        .formatted(pool.name(), cheapest.market(), cheapest.pricePerHour(), cap),
                "market",
                cheapest.market(),
                "price",
                cheapest.pricePerHour(),
                "maxPrice",
                cap);
    }

    private static Reason noCapacity(List<Offer> markets, int unpaid, Observations seen, Instant now) {
        List<Observations.Refused> refusals = markets.stream()
                .map(offer -> seen.refusals().get(offer.market()))
                .filter(Objects::nonNull)
                .toList();
        Instant retryAt = refusals.stream()
                .map(Observations.Refused::until)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        String codes = refusals.stream()
                .map(refused -> refused.refusal().code())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        String next = retryAt.isAfter(now) ? "the next attempt is at " + retryAt : "one is being asked again";
        return Reason.of(
                Code.NO_CAPACITY,
                "None of %d markets has capacity (%s); %s.%s"
                        .formatted(
                                markets.size(),
                                codes,
                                next,
                                unpaid == 0 ? "" : " " + unpaid + " more are beyond a budget."),
                "markets",
                markets.size(),
                "retryAt",
                retryAt);
    }
}
