package dev.drover.planning.policy;

import dev.drover.planning.input.Observations;
import dev.drover.planning.state.Node;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.api.Reason.Code;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.market.Resources;
import dev.drover.protocol.money.Money;
import dev.drover.protocol.pool.CapacityMode;
import dev.drover.protocol.pool.PoolSpec;
import dev.drover.protocol.pool.SwitchBackSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Spot before on demand; the pool's order of zones and types before price; price per slot before name. A market that refused
 * is left alone while it backs off. A launch names markets of one capacity type only, so that going on demand is a decision of
 * its own, with its reason.
 */
public final class SpotFirstPolicy implements CapacityPolicy {
    @Override
    public Choice choose(PoolSpec pool, Resources need, Observations seen, Instant now) {
        if (seen.offers().isEmpty()) {
            return new Choice.Wait(Reason.of(
                    Code.NO_OFFERS,
                    "The provider " + pool.provider() + " has not told its prices yet.",
                    "provider",
                    pool.provider()));
        }
        List<Offer> fitting = fitting(pool, need, seen);
        List<Offer> allowed = fitting.stream()
                .filter(offer -> allows(pool.mode(), offer.market()))
                .toList();
        if (allowed.isEmpty()) {
            return new Choice.Wait(fitting.isEmpty() ? noMatch(pool, need, seen) : notSold(pool, fitting));
        }
        List<Offer> spot = open(allowed, CapacityType.SPOT, seen, now);
        List<Offer> onDemand = open(allowed, CapacityType.ON_DEMAND, seen, now);
        if (!spot.isEmpty()) {
            return new Choice.Launch(markets(spot), cheapest(spot, allowed, need));
        }
        if (!onDemand.isEmpty()) {
            Reason because = pool.mode() == CapacityMode.ON_DEMAND
                    ? onDemandMode(onDemand.getFirst())
                    : fallback(onDemand.getFirst());
            return new Choice.Launch(markets(onDemand), because);
        }
        return new Choice.Wait(backingOff(allowed, seen));
    }

    @Override
    public Optional<Choice.Launch> switchBack(
            PoolSpec pool, Node onDemand, Resources need, Observations seen, Instant now) {
        SwitchBackSpec rule = pool.switchBack();
        boolean tooEarly = now.isBefore(onDemand.since().plus(rule.after()));
        if (pool.mode() != CapacityMode.SPOT_WITH_FALLBACK
                || onDemand.isSpot()
                || tooEarly
                || onDemand.instance().isEmpty()) {
            return Optional.empty();
        }
        Node.Instance instance = onDemand.instance().get();
        Money dear = instance.pricePerHour();
        List<Offer> worthIt = open(fitting(pool, need, seen), CapacityType.SPOT, seen, now).stream()
                .filter(offer -> offer.pricePerHour().currency().equals(dear.currency()))
                .filter(offer -> pays(offer.pricePerHour(), dear, rule))
                .toList();
        if (worthIt.isEmpty()) {
            return Optional.empty();
        }
        Offer best = worthIt.getFirst();
        return Optional.of(new Choice.Launch(
                markets(worthIt),
                Reason.of(
                        Code.SWITCH_BACK,
                        "Spot is back: %s at %s/h instead of %s/h on demand pays for the changeover."
                                .formatted(best.market(), best.pricePerHour(), dear),
                        "market",
                        best.market(),
                        "price",
                        best.pricePerHour(),
                        "onDemandPrice",
                        dear)));
    }

    private static List<Market> markets(List<Offer> offers) {
        return offers.stream().map(Offer::market).toList();
    }

    /** The saving over the horizon exceeds the changeover, during which both are paid for. */
    private static boolean pays(Money spot, Money onDemand, SwitchBackSpec rule) {
        Money saving = onDemand.minus(spot).perHourFor(rule.horizon());
        Money changeover = onDemand.plus(spot).perHourFor(rule.changeover());
        return saving.isMoreThan(changeover);
    }

    private static boolean allows(CapacityMode mode, Market market) {
        return switch (mode) {
            case SPOT_ONLY -> market.isSpot();
            case SPOT_WITH_FALLBACK -> true;
            case ON_DEMAND -> !market.isSpot();
        };
    }

    private static List<Offer> fitting(PoolSpec pool, Resources need, Observations seen) {
        return seen.offers().values().stream()
                .filter(offer -> offer.market().provider().equals(pool.provider()))
                .filter(offer -> pool.zones().isEmpty()
                        || pool.zones().contains(offer.market().zone()))
                .filter(offer -> pool.instanceTypes().isEmpty()
                        || pool.instanceTypes().contains(offer.market().instanceType()))
                .filter(offer -> offer.resources().slotsFor(need) > 0)
                .sorted(Comparator.comparingInt((Offer offer) ->
                                pool.zones().indexOf(offer.market().zone()))
                        .thenComparingInt(offer ->
                                pool.instanceTypes().indexOf(offer.market().instanceType()))
                        .thenComparing(offer -> pricePerSlot(offer, need))
                        .thenComparing(Offer::market))
                .toList();
    }

    private static List<Offer> open(List<Offer> offers, CapacityType type, Observations seen, Instant now) {
        return offers.stream()
                .filter(offer -> offer.market().capacityType() == type)
                .filter(offer -> !seen.isBackingOff(offer.market(), now))
                .toList();
    }

    private static BigDecimal pricePerSlot(Offer offer, Resources need) {
        return offer.pricePerHour()
                .amount()
                .divide(BigDecimal.valueOf(offer.resources().slotsFor(need)), 12, RoundingMode.HALF_UP);
    }

    private static Reason cheapest(List<Offer> spot, List<Offer> allowed, Resources need) {
        Offer best = spot.getFirst();
        long closed = allowed.stream().filter(offer -> offer.market().isSpot()).count() - spot.size();
        String next = spot.size() > 1
                ? "; next is %s at %s/h"
                        .formatted(spot.get(1).market(), spot.get(1).pricePerHour())
                : "";
        String passed = closed > 0 ? "; %d spot markets that refused lately are left alone".formatted(closed) : "";
        return Reason.of(
                closed > 0 ? Code.OTHER_ZONE : Code.CHEAPEST_SPOT,
                "Spot in %s at %s/h comes first of %d open spot markets%s%s."
                        .formatted(best.market(), best.pricePerHour(), spot.size(), next, passed),
                "market",
                best.market(),
                "price",
                best.pricePerHour(),
                "slots",
                best.resources().slotsFor(need));
    }

    private static Reason onDemandMode(Offer best) {
        return Reason.of(
                Code.ON_DEMAND_MODE,
                "The pool buys on demand; %s is first, at %s/h.".formatted(best.market(), best.pricePerHour()),
                "market",
                best.market());
    }

    private static Reason fallback(Offer best) {
        return Reason.of(
                Code.FALLBACK,
                "No spot market is open, so on demand: %s at %s/h.".formatted(best.market(), best.pricePerHour()),
                "market",
                best.market(),
                "price",
                best.pricePerHour());
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

    private static Reason notSold(PoolSpec pool, List<Offer> fitting) {
        return Reason.of(
                Code.NO_MATCHING_TYPE,
                "Pool %s is %s, and %s is not sold that way; another mode or instance type would do."
                        .formatted(
                                pool.name(),
                                pool.mode(),
                                fitting.getFirst().market().instanceType()),
                "mode",
                pool.mode());
    }

    private static Reason backingOff(List<Offer> allowed, Observations seen) {
        List<Observations.Refused> refusals = new ArrayList<>();
        for (Offer offer : allowed) {
            Observations.Refused refused = seen.refusals().get(offer.market());
            if (refused != null) {
                refusals.add(refused);
            }
        }
        Instant retryAt = refusals.stream()
                .map(Observations.Refused::until)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        String codes = refusals.stream()
                .map(refused -> refused.refusal().code())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return Reason.of(
                Code.NO_CAPACITY,
                "None of %d markets has capacity (%s); the next attempt is at %s."
                        .formatted(allowed.size(), codes, retryAt),
                "markets",
                allowed.size(),
                "retryAt",
                retryAt);
    }
}
